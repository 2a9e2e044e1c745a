import type { ListRolePoliciesRequest, ListRolePoliciesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findRole } from '../identities.ts';
import { pageOfList } from '../paging.ts';

export const listRolePolicies: Operation<ListRolePoliciesRequest, ListRolePoliciesResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { inlinePolicies } = findRole(reader, call, input.RoleName);
    const { items, end } = pageOfList(input, inlinePolicies, ({ name }) => name);
    return { PolicyNames: items.map(({ name }) => name), ...end };
  });
