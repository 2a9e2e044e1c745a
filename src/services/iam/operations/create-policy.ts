import type { CreatePolicyRequest, CreatePolicyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { iamArn } from '../arns.ts';
import { checkedPath, checkName, checkPolicy, withTags } from '../checks.ts';
import { alreadyExists, limitExceeded } from '../errors.ts';
import { newUniqueId } from '../ids.ts';
import { limits } from '../rules/limits.ts';
import { policySize } from '../rules/validate-policy.ts';
import { nameKey, type PolicyRecord, policies } from '../tables.ts';
import { policyView } from '../views.ts';

export const createPolicy: Operation<CreatePolicyRequest, CreatePolicyResponse> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const { accountId } = call;
    checkName(input.PolicyName, 'policyName');
    checkPolicy(input.PolicyDocument, 'identity');
    if (policySize(input.PolicyDocument) > limits.managedPolicySize)
      throw limitExceeded('PolicySize', limits.managedPolicySize);
    const path = checkedPath(input.Path);
    const name = input.PolicyName;
    if (tx.count(policies, 'name', nameKey(accountId, name)) > 0) {
      throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    }
    if (tx.count(policies, 'account', accountId) >= limits.policiesPerAccount)
      throw limitExceeded('PoliciesPerAccount', limits.policiesPerAccount);
    const policy: PolicyRecord = {
      accountId,
      arn: iamArn('policy', { accountId, path, name }),
      name,
      path,
      id: newUniqueId(env, 'policy'),
      ...(input.Description !== undefined && { description: input.Description }),
      tags: withTags([], input.Tags),
      createdAt: env.now,
      updatedAt: env.now,
      versions: [{ versionId: 'v1', document: input.PolicyDocument, createdAt: env.now }],
      defaultVersionId: 'v1',
      latestVersion: 1,
    };
    tx.put(policies, policy);
    return { Policy: policyView(tx, policy, 'whole') };
  });
