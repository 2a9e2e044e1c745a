import type { CreateLogStreamRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import { streamExists } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed } from '../references.ts';
import { checkStreamName } from '../rules/names.ts';
import { logStreams, streamKey } from '../tables.ts';

export const createLogStream: Operation<CreateLogStreamRequest, void, LogsParts> = async (input, { call, store }) => {
  const name = input.logStreamName;
  checkStreamName(name);
  await store.update((tx, env) => {
    const group = groupNamed(tx, call, input.logGroupName);
    if (tx.get(logStreams, streamKey(group.id, name))) throw streamExists();
    tx.put(logStreams, { id: env.newId(), groupId: group.id, name, createdAt: env.now });
  });
};
