import type { AttachGroupPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup, withAttachedPolicy } from '../identities.ts';
import { groups } from '../tables.ts';

export const attachGroupPolicy: Operation<AttachGroupPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    tx.put(groups, withAttachedPolicy(tx, group, 'group', input.PolicyArn));
    return {};
  });
