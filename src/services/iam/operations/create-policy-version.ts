import type { CreatePolicyVersionRequest, CreatePolicyVersionResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { AwsError } from '../../../aws/error.ts';
import { checkPolicy } from '../checks.ts';
import { limitExceeded } from '../errors.ts';
import { ownPolicy } from '../managed-policies.ts';
import { limits } from '../rules/limits.ts';
import { policySize } from '../rules/validate-policy.ts';
import { policies } from '../tables.ts';
import { versionView } from '../views.ts';

export const createPolicyVersion: Operation<CreatePolicyVersionRequest, CreatePolicyVersionResponse> = async (
  input,
  { call, store },
) =>
  await store.update((tx, env) => {
    const policy = ownPolicy(tx, call, input.PolicyArn);
    checkPolicy(input.PolicyDocument, 'identity');
    if (policySize(input.PolicyDocument) > limits.managedPolicySize)
      throw limitExceeded('PolicySize', limits.managedPolicySize);
    if (policy.versions.length >= limits.policyVersions) {
      throw new AwsError(
        'LimitExceededException',
        `A managed policy can have up to ${limits.policyVersions} versions. Before you create a new version, you must delete an existing version.`,
      );
    }
    const latestVersion = policy.latestVersion + 1;
    const version = { versionId: `v${latestVersion}`, document: input.PolicyDocument, createdAt: env.now };
    const isDefault = input.SetAsDefault ?? false;
    tx.put(policies, {
      ...policy,
      latestVersion,
      versions: [...policy.versions, version],
      updatedAt: env.now,
      ...(isDefault && { defaultVersionId: version.versionId }),
    });
    return { PolicyVersion: versionView(version, isDefault, 'listed') };
  });
