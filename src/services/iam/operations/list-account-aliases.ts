import type { ListAccountAliasesRequest, ListAccountAliasesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { accountAliases } from '../tables.ts';

export const listAccountAliases: Operation<ListAccountAliasesRequest, ListAccountAliasesResponse> = (
  _input,
  { call, store },
) =>
  store.view((reader) => {
    const found = reader.get(accountAliases, call.accountId);
    return { AccountAliases: found ? [found.alias] : [], IsTruncated: false };
  });
