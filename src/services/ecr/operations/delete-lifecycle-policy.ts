import type { DeleteLifecyclePolicyRequest, DeleteLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { lifecyclePolicyNotFound } from '../errors.ts';
import { repositoryNamed } from '../references.ts';
import { repositories } from '../tables.ts';

export const deleteLifecyclePolicy: Operation<DeleteLifecyclePolicyRequest, DeleteLifecyclePolicyResponse> = (
  input,
  { call, store },
) =>
  store.update((tx) => {
    const { lifecyclePolicy, ...repository } = repositoryNamed(tx, call, input);
    if (!lifecyclePolicy) throw lifecyclePolicyNotFound(repository.name, repository.accountId);
    tx.put(repositories, repository);
    return {
      registryId: repository.accountId,
      repositoryName: repository.name,
      lifecyclePolicyText: lifecyclePolicy.text,
      ...(lifecyclePolicy.evaluatedAt === undefined ? {} : { lastEvaluatedAt: toDate(lifecyclePolicy.evaluatedAt) }),
    };
  });
