import type { GetGroupRequest, GetGroupResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup } from '../identities.ts';
import { pageOf } from '../paging.ts';
import { nameKey, users } from '../tables.ts';
import { groupView, userView } from '../views.ts';

export const getGroup: Operation<GetGroupRequest, GetGroupResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const group = findGroup(reader, call, input.GroupName);
    const { items, end } = pageOf(
      input,
      (after) => reader.find(users, 'group', nameKey(group.accountId, group.name), after),
      ({ accountId, name }) => nameKey(accountId, name),
    );
    return { Group: groupView(group), Users: items.map((user) => userView(user, 'listed')), ...end };
  });
