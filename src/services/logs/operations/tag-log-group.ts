import type { TagLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import type { LogsParts } from '../parts.ts';
import { groupArn, groupNamed } from '../references.ts';
import { addTags } from '../rules/tags.ts';
import { logGroups } from '../tables.ts';

export const tagLogGroup: Operation<TagLogGroupRequest, void, LogsParts> = async (input, { call, store }) => {
  await store.update((tx) => {
    const group = groupNamed(tx, call, input.logGroupName);
    tx.put(logGroups, { ...group, tags: addTags(group.tags, input.tags, groupArn(group)) });
  });
};
