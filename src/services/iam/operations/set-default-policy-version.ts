import type { SetDefaultPolicyVersionRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { ownPolicy, versionNamed } from '../managed-policies.ts';
import { policies } from '../tables.ts';

export const setDefaultPolicyVersion: Operation<SetDefaultPolicyVersionRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx, env) => {
    const policy = ownPolicy(tx, call, input.PolicyArn);
    const { versionId } = versionNamed(policy, input.VersionId);
    tx.put(policies, { ...policy, defaultVersionId: versionId, updatedAt: env.now });
    return {};
  });
