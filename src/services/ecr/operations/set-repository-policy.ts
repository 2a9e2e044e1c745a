import type { SetRepositoryPolicyRequest, SetRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { checkRepositoryPolicy } from '../policy-text.ts';
import { repositoryNamed } from '../references.ts';
import { repositories } from '../tables.ts';

/** Differs from AWS: a policy that locks its own author out is taken without `force` as well; root is never locked out. */
export const setRepositoryPolicy: Operation<SetRepositoryPolicyRequest, SetRepositoryPolicyResponse> = (
  input,
  { call, store },
) => {
  const { policyText } = input;
  checkRepositoryPolicy(policyText);
  return store.update((tx) => {
    const repository = repositoryNamed(tx, call, input);
    tx.put(repositories, { ...repository, policyText });
    return { registryId: repository.accountId, repositoryName: repository.name, policyText };
  });
};
