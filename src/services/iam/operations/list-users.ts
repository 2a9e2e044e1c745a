import type { ListUsersRequest, ListUsersResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { pageOf } from '../paging.ts';
import { under } from '../path-prefix.ts';
import { nameKey, users } from '../tables.ts';
import { userView } from '../views.ts';

export const listUsers: Operation<ListUsersRequest, ListUsersResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const { items, end } = pageOf(
      input,
      (after) => under(reader.find(users, 'account', call.accountId, after), input.PathPrefix),
      ({ accountId, name }) => nameKey(accountId, name),
    );
    return { Users: items.map((user) => userView(user, 'listed')), ...end };
  });
