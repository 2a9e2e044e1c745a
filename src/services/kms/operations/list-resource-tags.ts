import type { ListResourceTagsRequest, ListResourceTagsResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { keyNamed } from '../references.ts';

export const listResourceTags: Operation<ListResourceTagsRequest, ListResourceTagsResponse, KmsParts> = (
  input,
  { call, store },
) => ({ Tags: [...store.view((reader) => keyNamed(reader, call, input.KeyId)).tags], Truncated: false });
