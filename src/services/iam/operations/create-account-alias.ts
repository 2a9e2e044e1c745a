import type { CreateAccountAliasRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { constraintBroken } from '../errors.ts';
import { accountAliases } from '../tables.ts';

export const createAccountAlias: Operation<CreateAccountAliasRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    if (
      !/^[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?$/.test(input.AccountAlias) ||
      input.AccountAlias.length < 3 ||
      input.AccountAlias.length > 63
    ) {
      throw constraintBroken(
        input.AccountAlias,
        'accountAlias',
        'Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$',
      );
    }
    tx.put(accountAliases, { accountId: call.accountId, alias: input.AccountAlias });
    return {};
  });
