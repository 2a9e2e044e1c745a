import type { DeleteRepositoryPolicyRequest, DeleteRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryPolicyNotFound } from '../errors.ts';
import { repositoryNamed } from '../references.ts';
import { repositories } from '../tables.ts';

export const deleteRepositoryPolicy: Operation<DeleteRepositoryPolicyRequest, DeleteRepositoryPolicyResponse> = (
  input,
  { call, store },
) =>
  store.update((tx) => {
    const { policyText, ...repository } = repositoryNamed(tx, call, input);
    if (policyText === undefined) throw repositoryPolicyNotFound(repository.name, repository.accountId);
    tx.put(repositories, repository);
    return { registryId: repository.accountId, repositoryName: repository.name, policyText };
  });
