import type { DeleteAccountAliasRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';
import { accountAliases } from '../tables.ts';

export const deleteAccountAlias: Operation<DeleteAccountAliasRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    if (tx.get(accountAliases, call.accountId)?.alias !== input.AccountAlias) {
      throw noSuchEntity(`The account alias ${input.AccountAlias} cannot be found.`);
    }
    tx.delete(accountAliases, call.accountId);
    return {};
  });
