import type { CreateRepositoryRequest, CreateRepositoryResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { createRepositoryRecord } from '../creation.ts';
import { registryScope } from '../references.ts';
import { checkRepositoryName } from '../rules/names.ts';
import { addTags, readEncryption } from '../rules/repository-settings.ts';
import { readMutability } from '../rules/tag-mutability.ts';
import { repositoryView } from '../views.ts';

export const createRepository: Operation<CreateRepositoryRequest, CreateRepositoryResponse> = async (
  input,
  { call, store },
) => {
  checkRepositoryName(input.repositoryName);
  const mutability = readMutability(input.imageTagMutability, input.imageTagMutabilityExclusionFilters);
  const encryption = readEncryption(input.encryptionConfiguration);
  const tags = addTags({}, input.tags ?? []);
  const scope = registryScope(call, input.registryId);
  const repository = await store.update((tx, env) =>
    createRepositoryRecord(tx, env, scope, {
      name: input.repositoryName,
      ...mutability,
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
      encryption,
      tags,
    }),
  );
  return { repository: repositoryView(repository, call.endpoint) };
};
