import type { DeletePolicyVersionRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { deleteConflict } from '../errors.ts';
import { ownPolicy, versionNamed } from '../managed-policies.ts';
import { policies } from '../tables.ts';

export const deletePolicyVersion: Operation<DeletePolicyVersionRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const policy = ownPolicy(tx, call, input.PolicyArn);
    const { versionId } = versionNamed(policy, input.VersionId);
    if (versionId === policy.defaultVersionId) throw deleteConflict('Cannot delete the default version of a policy.');
    tx.put(policies, { ...policy, versions: policy.versions.filter((version) => version.versionId !== versionId) });
    return {};
  });
