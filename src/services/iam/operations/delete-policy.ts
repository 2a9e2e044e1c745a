import type { DeletePolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { deleteConflict } from '../errors.ts';
import { holdersOf } from '../identities.ts';
import { ownPolicy } from '../managed-policies.ts';
import { policies } from '../tables.ts';

export const deletePolicy: Operation<DeletePolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const policy = ownPolicy(tx, call, input.PolicyArn);
    const holders = holdersOf(tx, call.accountId, policy.arn);
    if (Object.values(holders).some((held) => held.length > 0)) {
      throw deleteConflict('Cannot delete a policy attached to entities.');
    }
    if (policy.versions.length > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    tx.delete(policies, policy.arn);
    return {};
  });
