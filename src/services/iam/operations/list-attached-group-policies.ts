import type { ListAttachedGroupPoliciesRequest, ListAttachedGroupPoliciesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup } from '../identities.ts';
import { pageOfList } from '../paging.ts';
import { isUnder } from '../path-prefix.ts';
import { attachedView } from '../views.ts';

export const listAttachedGroupPolicies: Operation<
  ListAttachedGroupPoliciesRequest,
  ListAttachedGroupPoliciesResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const { attachedPolicyArns } = findGroup(reader, call, input.GroupName);
    const attached = attachedPolicyArns
      .map(attachedView)
      .filter(({ PolicyArn = '' }) => isUnder(PolicyArn, input.PathPrefix));
    const { items, end } = pageOfList(input, attached, ({ PolicyArn = '' }) => PolicyArn);
    return { AttachedPolicies: items, ...end };
  });
