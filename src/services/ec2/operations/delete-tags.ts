import type { DeleteTagsRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { resourceTags } from '../tables.ts';
import { taggable } from '../taggable.ts';

/** A tag given with a value goes only where it has that value; without any tags, all go. */
export const deleteTags: Operation<DeleteTagsRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    for (const resourceId of input.Resources) {
      taggable(tx, call, resourceId);
      const record = tx.get(resourceTags, resourceId);
      if (!record) continue;
      const goes = ([key, value]: readonly [string, string]): boolean =>
        !input.Tags?.length ||
        input.Tags.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
      const left = Object.entries(record.tags).filter((tag) => !goes(tag));
      if (left.length === 0) tx.delete(resourceTags, resourceId);
      else tx.put(resourceTags, { ...record, tags: Object.fromEntries(left) });
    }
    refuseDryRun(input.DryRun);
    return {};
  });
