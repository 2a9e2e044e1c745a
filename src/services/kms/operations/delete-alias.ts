import type { DeleteAliasRequest } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { aliasNamed } from '../references.ts';
import { checkAliasName } from '../rules/alias-name.ts';
import { aliases, aliasKey } from '../tables.ts';

export const deleteAlias: Operation<DeleteAliasRequest, void, KmsParts> = async (input, { call, store }) => {
  checkAliasName(input.AliasName);
  await store.update((tx) => tx.delete(aliases, aliasKey(call, aliasNamed(tx, call, input.AliasName).aliasName)));
};
