import type { RemoveTagsFromResourceRequest, RemoveTagsFromResourceResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { parameters } from '../tables.ts';
import { taggedParameter } from '../tagged-parameter.ts';

export const removeTagsFromResource: Operation<
  RemoveTagsFromResourceRequest,
  RemoveTagsFromResourceResult,
  SsmParts
> = async (input, { call, store }) => {
  await store.update((tx) => {
    const parameter = taggedParameter(tx, call, input);
    tx.put(parameters, { ...parameter, tags: parameter.tags.filter(({ Key }) => !input.TagKeys.includes(Key)) });
  });
  return {};
};
