import type { AddTagsToResourceRequest, AddTagsToResourceResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { mergedTags } from '../rules/tags.ts';
import { parameters } from '../tables.ts';
import { taggedParameter } from '../tagged-parameter.ts';

export const addTagsToResource: Operation<AddTagsToResourceRequest, AddTagsToResourceResult, SsmParts> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const parameter = taggedParameter(tx, call, input);
    tx.put(parameters, { ...parameter, tags: mergedTags(parameter.tags, input.Tags) });
  });
  return {};
};
