import type { PutGroupPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup, withInlinePolicy } from '../identities.ts';
import { groups } from '../tables.ts';

export const putGroupPolicy: Operation<PutGroupPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    tx.put(groups, withInlinePolicy(group, 'group', input.PolicyName, input.PolicyDocument));
    return {};
  });
