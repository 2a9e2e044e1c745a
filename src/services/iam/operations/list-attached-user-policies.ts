import type { ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser } from '../identities.ts';
import { pageOfList } from '../paging.ts';
import { isUnder } from '../path-prefix.ts';
import { attachedView } from '../views.ts';

export const listAttachedUserPolicies: Operation<ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { attachedPolicyArns } = findUser(reader, call, input.UserName);
    const attached = attachedPolicyArns
      .map(attachedView)
      .filter(({ PolicyArn = '' }) => isUnder(PolicyArn, input.PathPrefix));
    const { items, end } = pageOfList(input, attached, ({ PolicyArn = '' }) => PolicyArn);
    return { AttachedPolicies: items, ...end };
  });
