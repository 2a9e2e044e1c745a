import type { ListGroupsForUserRequest, ListGroupsForUserResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup, findUser } from '../identities.ts';
import { pageOfList } from '../paging.ts';
import { groupView } from '../views.ts';

export const listGroupsForUser: Operation<ListGroupsForUserRequest, ListGroupsForUserResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const user = findUser(reader, call, input.UserName);
    const found = user.groups.map((name) => findGroup(reader, call, name));
    const { items, end } = pageOfList(input, found, ({ name }) => name);
    return { Groups: items.map(groupView), ...end };
  });
