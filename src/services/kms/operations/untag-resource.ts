import type { UntagResourceRequest } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { changeKey } from '../changing.ts';

export const untagResource: Operation<UntagResourceRequest, void, KmsParts> = async (input, { call, store }) => {
  await changeKey(store, call, input.KeyId, (key) => ({
    ...key,
    tags: key.tags.filter(({ TagKey }) => !input.TagKeys.includes(TagKey)),
  }));
};
