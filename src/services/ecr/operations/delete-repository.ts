import type { DeleteRepositoryRequest, DeleteRepositoryResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryNotEmpty } from '../errors.ts';
import { repositoryNamed } from '../references.ts';
import { deletedRepositories, images, lifecyclePreviews, repositories } from '../tables.ts';
import { repositoryView } from '../views.ts';

/** What the repository held goes later, a transaction at a time: nobody can name it any more. */
export const deleteRepository: Operation<DeleteRepositoryRequest, DeleteRepositoryResponse> = async (
  input,
  { call, store },
) => {
  const repository = await store.update((tx) => {
    const found = repositoryNamed(tx, call, input);
    if (input.force !== true && tx.count(images, 'repository', found.id) > 0) {
      throw repositoryNotEmpty(found.name, found.accountId);
    }
    tx.delete(repositories, repositories.key(found));
    tx.delete(lifecyclePreviews, found.id);
    tx.put(deletedRepositories, { id: found.id });
    return found;
  });
  return { repository: repositoryView(repository, call.endpoint) };
};
