import type { LookAgain, Reconciler } from '../../../control/reconciler.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { removalBudget, removeImage } from '../image-writes.ts';
import { lifecycleActions } from '../lifecycle.ts';
import { lifecycleEveryMs } from '../rules/limits.ts';
import { imageKey, images, repositories, type RepositoryRecord } from '../tables.ts';

/** A tag of a repository that keeps the images tasks run on, whatever its lifecycle policy says. */
export const keepInUseTag = 'longshore:keep-images-in-use';

/** Applies lifecycle policies every hour, and a new one at once, as many images at a time as a transaction holds. */
export function lifecyclePolicies(imagesInUse: (reader: Reader) => ReadonlySet<string>): Reconciler {
  return {
    name: 'ecr.lifecycle-policies',
    wakes: [{ table: repositories, keys: (_reader, key) => [key] }],
    all: (reader) => [...reader.find(repositories, 'withLifecyclePolicy', 'yes')].map(repositories.key),
    reconcile: (tx, env, key) => {
      const repository = tx.get(repositories, key);
      const policy = repository?.lifecyclePolicy;
      if (!repository || !policy) return undefined;
      const dueInMs = (policy.evaluatedAt ?? env.now - lifecycleEveryMs) + lifecycleEveryMs - env.now;
      if (dueInMs > 0) return { afterMs: dueInMs };
      return applyPolicy(tx, env, repository, policy, imagesInUse);
    },
  };
}

function applyPolicy(
  tx: Transaction,
  env: Env,
  repository: RepositoryRecord,
  policy: NonNullable<RepositoryRecord['lifecyclePolicy']>,
  imagesInUse: (reader: Reader) => ReadonlySet<string>,
): LookAgain {
  const kept = repository.tags[keepInUseTag] === 'true' ? imagesInUse(tx) : new Set<string>();
  let left = removalBudget;
  for (const { digest, action } of lifecycleActions(tx, repository, policy.text, env.now)) {
    const image = tx.get(images, imageKey(repository.id, digest));
    if (!image || kept.has(digest)) continue;
    if (action === 'TRANSITION') {
      tx.put(images, { ...image, archivedAt: env.now });
      left -= 1;
    } else {
      left -= removeImage(tx, image, left);
    }
    if (left <= 0) return { afterMs: 0 };
  }
  left -= removeOrphans(tx, env, repository, left);
  if (left <= 0) return { afterMs: 0 };
  tx.put(repositories, { ...repository, lifecyclePolicy: { ...policy, evaluatedAt: env.now } });
  return { afterMs: lifecycleEveryMs };
}

/** What was attached to an image that a policy removed goes after it: signatures, attestations, bills of materials. */
function removeOrphans(tx: Transaction, env: Env, repository: RepositoryRecord, budget: number): number {
  let left = budget;
  const all = [...tx.find(images, 'repository', repository.id)]; // the listing changes under the loop
  for (const image of all) {
    if (left <= 0) break;
    const isOrphan = image.subject !== undefined && !tx.get(images, imageKey(repository.id, image.subject));
    // An artifact may be pushed before its subject: one that is new waits for it.
    if (isOrphan && env.now - image.pushedAt > orphanLifeMs) left -= removeImage(tx, image, left);
  }
  return budget - left;
}

const orphanLifeMs = 24 * 60 * 60 * 1000;
