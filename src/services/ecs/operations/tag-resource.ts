import type { TagResourceRequest, TagResourceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { limitExceeded, resourceNotFound, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { limits } from '../rules/limits.ts';
import { countedTags, mergeTags, tagRefusals } from '../rules/tags.ts';
import { findTaggedResource } from '../tagged-resource.ts';

/** Puts tags on a resource; a key it has already takes the new value. */
export const tagResource: Operation<TagResourceRequest, TagResourceResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  throwFirst(tagRefusals(input.tags));
  return await store.update((tx) => {
    const resource = findTaggedResource(tx, call, input.resourceArn);
    if (!resource) throw resourceNotFound("The specified resource wasn't found.");
    const tags = mergeTags(resource.tags, input.tags);
    if (countedTags(tags) > limits.tagsPerResource) {
      throw limitExceeded(`A resource can have at most ${limits.tagsPerResource} tags.`);
    }
    resource.write(tx, tags);
    return {};
  });
};
