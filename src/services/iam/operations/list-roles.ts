import type { ListRolesRequest, ListRolesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { pageOf } from '../paging.ts';
import { under } from '../path-prefix.ts';
import { nameKey, roles } from '../tables.ts';
import { roleView } from '../views.ts';

export const listRoles: Operation<ListRolesRequest, ListRolesResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const { items, end } = pageOf(
      input,
      (after) => under(reader.find(roles, 'account', call.accountId, after), input.PathPrefix),
      ({ accountId, name }) => nameKey(accountId, name),
    );
    return { Roles: items.map((role) => roleView(role, 'listed')), ...end };
  });
