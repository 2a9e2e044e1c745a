import type { CreateTagsRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { taggable } from '../taggable.ts';
import { putTags } from '../tags.ts';

export const createTags: Operation<CreateTagsRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    for (const resourceId of input.Resources) putTags(tx, call, taggable(tx, call, resourceId), input.Tags);
    refuseDryRun(input.DryRun);
    return {};
  });
