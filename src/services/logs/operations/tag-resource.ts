import type { TagResourceRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import type { LogsParts } from '../parts.ts';
import { groupIdentified } from '../references.ts';
import { addTags } from '../rules/tags.ts';
import { logGroups } from '../tables.ts';

export const tagResource: Operation<TagResourceRequest, void, LogsParts> = async (input, { call, store }) => {
  await store.update((tx) => {
    const group = groupIdentified(tx, call, input.resourceArn);
    tx.put(logGroups, { ...group, tags: addTags(group.tags, input.tags, input.resourceArn) });
  });
};
