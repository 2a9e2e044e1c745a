import type { UntagResourceRequest, UntagResourceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter, resourceNotFound } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { isReserved } from '../rules/tags.ts';
import { findTaggedResource } from '../tagged-resource.ts';

/** Takes tags off a resource by their keys; a key it does not have is no error. */
export const untagResource: Operation<UntagResourceRequest, UntagResourceResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  const reserved = input.tagKeys.find(isReserved);
  if (reserved !== undefined) throw invalidParameter(`Tags that begin with aws: cannot be removed: ${reserved}`);
  return await store.update((tx) => {
    const resource = findTaggedResource(tx, call, input.resourceArn);
    if (!resource) throw resourceNotFound("The specified resource wasn't found.");
    resource.write(
      tx,
      resource.tags.filter((tag) => !input.tagKeys.includes(tag.key ?? '')),
    );
    return {};
  });
};
