import type { UpdateAliasRequest } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { aliasNamed, keyNamed } from '../references.ts';
import { checkAliasName } from '../rules/alias-name.ts';
import { aliases } from '../tables.ts';

export const updateAlias: Operation<UpdateAliasRequest, void, KmsParts> = async (input, { call, store }) => {
  checkAliasName(input.AliasName);
  await store.update((tx, env) => {
    const alias = aliasNamed(tx, call, input.AliasName);
    tx.put(aliases, { ...alias, keyId: keyNamed(tx, call, input.TargetKeyId).keyId, updatedAt: env.now });
  });
};
