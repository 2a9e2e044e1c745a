import type { TagPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withTags } from '../checks.ts';
import { ownPolicy } from '../managed-policies.ts';
import { policies } from '../tables.ts';

export const tagPolicy: Operation<TagPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const policy = ownPolicy(tx, call, input.PolicyArn);
    tx.put(policies, { ...policy, tags: withTags(policy.tags, input.Tags) });
    return {};
  });
