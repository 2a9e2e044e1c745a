import type { DeleteGroupPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup, withoutInlinePolicy } from '../identities.ts';
import { groups } from '../tables.ts';

export const deleteGroupPolicy: Operation<DeleteGroupPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    tx.put(groups, withoutInlinePolicy(group, 'group', input.PolicyName));
    return {};
  });
