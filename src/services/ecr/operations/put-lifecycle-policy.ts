import type { PutLifecyclePolicyRequest, PutLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryNamed } from '../references.ts';
import { readLifecyclePolicy } from '../rules/lifecycle/policy.ts';
import { repositories } from '../tables.ts';

/** Differs from AWS: a policy is applied at once and then every hour, where AWS takes up to a day. */
export const putLifecyclePolicy: Operation<PutLifecyclePolicyRequest, PutLifecyclePolicyResponse> = async (
  input,
  { call, store },
) => {
  const text = input.lifecyclePolicyText;
  readLifecyclePolicy(text);
  const { accountId, name } = await store.update((tx, env) => {
    const repository = repositoryNamed(tx, call, input);
    tx.put(repositories, { ...repository, lifecyclePolicy: { text, setAt: env.now } });
    return repository;
  });
  return { registryId: accountId, repositoryName: name, lifecyclePolicyText: text };
};
