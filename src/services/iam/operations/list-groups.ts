import type { ListGroupsRequest, ListGroupsResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { pageOf } from '../paging.ts';
import { under } from '../path-prefix.ts';
import { nameKey, groups } from '../tables.ts';
import { groupView } from '../views.ts';

export const listGroups: Operation<ListGroupsRequest, ListGroupsResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const { items, end } = pageOf(
      input,
      (after) => under(reader.find(groups, 'account', call.accountId, after), input.PathPrefix),
      ({ accountId, name }) => nameKey(accountId, name),
    );
    return { Groups: items.map((group) => groupView(group)), ...end };
  });
