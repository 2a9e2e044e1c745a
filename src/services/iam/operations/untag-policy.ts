import type { UntagPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withoutTags } from '../checks.ts';
import { ownPolicy } from '../managed-policies.ts';
import { policies } from '../tables.ts';

export const untagPolicy: Operation<UntagPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const policy = ownPolicy(tx, call, input.PolicyArn);
    tx.put(policies, { ...policy, tags: withoutTags(policy.tags, input.TagKeys) });
    return {};
  });
