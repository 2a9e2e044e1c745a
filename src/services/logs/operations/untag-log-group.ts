import type { UntagLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed } from '../references.ts';
import { removeTags } from '../rules/tags.ts';
import { logGroups } from '../tables.ts';

export const untagLogGroup: Operation<UntagLogGroupRequest, void, LogsParts> = async (input, { call, store }) => {
  await store.update((tx) => {
    const group = groupNamed(tx, call, input.logGroupName);
    tx.put(logGroups, { ...group, tags: removeTags(group.tags, input.tags) });
  });
};
