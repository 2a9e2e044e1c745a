import type { ListGroupPoliciesRequest, ListGroupPoliciesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup } from '../identities.ts';
import { pageOfList } from '../paging.ts';

export const listGroupPolicies: Operation<ListGroupPoliciesRequest, ListGroupPoliciesResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { inlinePolicies } = findGroup(reader, call, input.GroupName);
    const { items, end } = pageOfList(input, inlinePolicies, ({ name }) => name);
    return { PolicyNames: items.map(({ name }) => name), ...end };
  });
