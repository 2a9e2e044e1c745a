import type { CreateLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import { groupExists, invalidParameter, notBuilt } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupArn } from '../references.ts';
import { checkNewGroupName } from '../rules/names.ts';
import { addTags } from '../rules/tags.ts';
import { groupKey, logGroups } from '../tables.ts';

/** Differs from AWS: no KMS keys, and no log groups of class DELIVERY, which only delivers to S3 and Firehose. */
export const createLogGroup: Operation<CreateLogGroupRequest, void, LogsParts> = async (input, { call, store }) => {
  const name = input.logGroupName;
  checkNewGroupName(name);
  if (input.kmsKeyId !== undefined) throw notBuilt('the encryption of log groups with a KMS key');
  const logGroupClass = input.logGroupClass ?? 'STANDARD';
  if (logGroupClass === 'DELIVERY') throw notBuilt('log groups of class DELIVERY');
  if (logGroupClass !== 'STANDARD' && logGroupClass !== 'INFREQUENT_ACCESS') {
    throw invalidParameter(`The log group class '${logGroupClass}' is not valid.`);
  }
  const { accountId, region } = call;
  const tags = addTags({}, input.tags ?? {}, groupArn({ accountId, region, name }));
  await store.update((tx, env) => {
    if (tx.get(logGroups, groupKey(call, name))) throw groupExists();
    tx.put(logGroups, {
      accountId,
      region,
      id: env.newId(),
      name,
      logGroupClass,
      deletionProtectionEnabled: input.deletionProtectionEnabled ?? false,
      tags,
      createdAt: env.now,
    });
  });
};
