import type { PutImageTagMutabilityRequest, PutImageTagMutabilityResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryNamed } from '../references.ts';
import { readMutability } from '../rules/tag-mutability.ts';
import { repositories } from '../tables.ts';
import { filtersView } from '../views.ts';

export const putImageTagMutability: Operation<PutImageTagMutabilityRequest, PutImageTagMutabilityResponse> = async (
  input,
  { call, store },
) => {
  const mutability = readMutability(input.imageTagMutability, input.imageTagMutabilityExclusionFilters);
  const { accountId, name } = await store.update((tx) => {
    const repository = repositoryNamed(tx, call, input);
    tx.put(repositories, { ...repository, ...mutability });
    return repository;
  });
  return {
    registryId: accountId,
    repositoryName: name,
    imageTagMutability: mutability.tagMutability,
    ...filtersView(mutability.exclusionFilters),
  };
};
