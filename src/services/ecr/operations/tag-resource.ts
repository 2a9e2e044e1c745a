import type { TagResourceRequest, TagResourceResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryWithArn } from '../references.ts';
import { addTags } from '../rules/repository-settings.ts';
import { repositories } from '../tables.ts';

export const tagResource: Operation<TagResourceRequest, TagResourceResponse> = async (input, { call, store }) => {
  await store.update((tx) => {
    const repository = repositoryWithArn(tx, call, input.resourceArn);
    tx.put(repositories, { ...repository, tags: addTags(repository.tags, input.tags) });
  });
  return {};
};
