import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findTaggedResource } from '../tagged-resource.ts';

/** The tags of a resource. Unlike its siblings the operation has no ResourceNotFoundException in AWS's model. */
export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const resource = store.view((reader) => findTaggedResource(reader, call, input.resourceArn));
  if (!resource) throw invalidParameter("The specified resource wasn't found.");
  return { tags: resource.tags };
};
