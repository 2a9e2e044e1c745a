import type { ListUserPoliciesRequest, ListUserPoliciesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser } from '../identities.ts';
import { pageOfList } from '../paging.ts';

export const listUserPolicies: Operation<ListUserPoliciesRequest, ListUserPoliciesResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { inlinePolicies } = findUser(reader, call, input.UserName);
    const { items, end } = pageOfList(input, inlinePolicies, ({ name }) => name);
    return { PolicyNames: items.map(({ name }) => name), ...end };
  });
