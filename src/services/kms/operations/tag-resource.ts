import type { TagResourceRequest } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { mergedTags } from '../rules/tags.ts';
import type { KmsParts } from '../parts.ts';
import { changeKey } from '../changing.ts';

export const tagResource: Operation<TagResourceRequest, void, KmsParts> = async (input, { call, store }) => {
  await changeKey(store, call, input.KeyId, (key) => ({ ...key, tags: mergedTags(key.tags, input.Tags) }));
};
