import type { CreateAliasRequest } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { aliasExists } from '../errors.ts';
import type { KmsParts } from '../parts.ts';
import { aliasArn, keyNamed } from '../references.ts';
import { checkAliasName } from '../rules/alias-name.ts';
import { aliases, aliasKey } from '../tables.ts';

export const createAlias: Operation<CreateAliasRequest, void, KmsParts> = async (input, { call, store }) => {
  const aliasName = input.AliasName;
  checkAliasName(aliasName);
  const { accountId, region } = call;
  await store.update((tx, env) => {
    if (tx.get(aliases, aliasKey(call, aliasName))) throw aliasExists(aliasArn({ accountId, region, aliasName }));
    const { keyId } = keyNamed(tx, call, input.TargetKeyId);
    tx.put(aliases, { accountId, region, aliasName, keyId, createdAt: env.now, updatedAt: env.now });
  });
};
