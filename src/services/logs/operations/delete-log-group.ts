import type { DeleteLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import { deletionProtected } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed } from '../references.ts';
import { deletedGroups, logGroups } from '../tables.ts';

/** Deletes the group; its streams, nameless from now on, are removed by a reconciler and their files by the file keeper. */
export const deleteLogGroup: Operation<DeleteLogGroupRequest, void, LogsParts> = async (input, { call, store }) => {
  await store.update((tx) => {
    const group = groupNamed(tx, call, input.logGroupName);
    if (group.deletionProtectionEnabled) throw deletionProtected();
    tx.delete(logGroups, logGroups.key(group));
    tx.put(deletedGroups, { id: group.id });
  });
};
