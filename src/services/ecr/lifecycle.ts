/** Lifecycle policies over the records: which images of a repository a policy speaks of, and what it would do. */
import type { Instant } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { isHeldByIndex } from './image-writes.ts';
import { tagsOf } from './references.ts';
import { evaluateLifecycle, type LifecycleAction } from './rules/lifecycle/evaluate.ts';
import { readLifecyclePolicy } from './rules/lifecycle/policy.ts';
import { imageKey, images, type RepositoryRecord } from './tables.ts';

export function lifecycleActions(
  reader: Reader,
  repository: Pick<RepositoryRecord, 'id'>,
  policyText: string,
  now: Instant,
): readonly LifecycleAction[] {
  const found = [...reader.find(images, 'repository', repository.id)];
  return evaluateLifecycle(
    readLifecyclePolicy(policyText),
    found.map((image) => ({
      digest: image.digest,
      tags: tagsOf(reader, image),
      pushedAt: image.pushedAt,
      pulledAt: image.pulledAt,
      archivedAt: image.archivedAt,
      activatedAt: image.activatedAt,
      isHeld:
        isHeldByIndex(reader, image) ||
        (image.subject !== undefined && reader.get(images, imageKey(repository.id, image.subject)) !== undefined),
    })),
    now,
  );
}
