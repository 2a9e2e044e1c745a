import type { ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findRole } from '../identities.ts';
import { pageOfList } from '../paging.ts';
import { isUnder } from '../path-prefix.ts';
import { attachedView } from '../views.ts';

export const listAttachedRolePolicies: Operation<ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { attachedPolicyArns } = findRole(reader, call, input.RoleName);
    const attached = attachedPolicyArns
      .map(attachedView)
      .filter(({ PolicyArn = '' }) => isUnder(PolicyArn, input.PathPrefix));
    const { items, end } = pageOfList(input, attached, ({ PolicyArn = '' }) => PolicyArn);
    return { AttachedPolicies: items, ...end };
  });
