import type { UntagResourceRequest, UntagResourceResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryWithArn } from '../references.ts';
import { removeTags } from '../rules/repository-settings.ts';
import { repositories } from '../tables.ts';

export const untagResource: Operation<UntagResourceRequest, UntagResourceResponse> = async (input, { call, store }) => {
  await store.update((tx) => {
    const repository = repositoryWithArn(tx, call, input.resourceArn);
    tx.put(repositories, { ...repository, tags: removeTags(repository.tags, input.tagKeys) });
  });
  return {};
};
