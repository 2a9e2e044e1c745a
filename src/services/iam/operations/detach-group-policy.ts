import type { DetachGroupPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup, withoutAttachedPolicy } from '../identities.ts';
import { groups } from '../tables.ts';

export const detachGroupPolicy: Operation<DetachGroupPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    tx.put(groups, withoutAttachedPolicy(group, input.PolicyArn));
    return {};
  });
