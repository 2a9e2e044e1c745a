import type { DeleteLogStreamRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import { deletionProtected } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed, streamNamed } from '../references.ts';
import { logStreams } from '../tables.ts';

/** Deletes the stream; its files are removed by the file keeper. */
export const deleteLogStream: Operation<DeleteLogStreamRequest, void, LogsParts> = async (input, { call, store }) => {
  await store.update((tx) => {
    const group = groupNamed(tx, call, input.logGroupName);
    const stream = streamNamed(tx, group, input.logStreamName);
    if (group.deletionProtectionEnabled) throw deletionProtected();
    tx.delete(logStreams, logStreams.key(stream));
  });
};
