import type { Instant } from '../../../../core/instant.ts';
import { matchesWildcard } from '../wildcard.ts';
import type { LifecyclePolicy, LifecycleRule } from './policy.ts';

/** An image as lifecycle policies see it. */
export interface LifecycleImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: Instant;
  readonly pulledAt?: Instant | undefined;
  readonly archivedAt?: Instant | undefined;
  /** When it was last restored from the archive. */
  readonly activatedAt?: Instant | undefined;
  /** Part of an index, or attached to another image: it goes when that one goes, and by no rule of its own. */
  readonly isHeld: boolean;
}

export interface LifecycleAction {
  readonly digest: string;
  readonly action: LifecycleRule['action'];
  readonly rulePriority: number;
}

/**
 * What a policy does to the images of a repository, in the order of their pushes. Every rule counts all images that fit
 * its tags, also those that a rule of a higher priority has marked; but an image that fits the tags of such a rule is
 * that rule's to keep or to mark, and no later one's.
 */
export function evaluateLifecycle(
  policy: LifecyclePolicy,
  images: readonly LifecycleImage[],
  now: Instant,
): readonly LifecycleAction[] {
  const actions = new Map<string, LifecycleAction>();
  const decided = new Set<string>();
  const free = images.filter((image) => !image.isHeld);
  for (const rule of policy.rules) {
    const selected = free.filter((image) => isSelected(rule, image));
    for (const { digest } of overdue(rule, selected, now)) {
      if (!decided.has(digest)) actions.set(digest, { digest, action: rule.action, rulePriority: rule.priority });
    }
    for (const { digest } of selected) decided.add(digest);
  }
  return free.toSorted(oldestFirst((image) => image.pushedAt)).flatMap(({ digest }) => actions.get(digest) ?? []);
}

function isSelected(rule: LifecycleRule, image: LifecycleImage): boolean {
  if ((rule.storageClass === 'archive') !== (image.archivedAt !== undefined)) return false;
  switch (rule.tagStatus) {
    case 'any':
      return true;
    case 'untagged':
      return image.tags.length === 0;
    case 'tagged':
      return (
        rule.tagPrefixes.every((prefix) => image.tags.some((tag) => tag.startsWith(prefix))) &&
        rule.tagPatterns.every((pattern) => image.tags.some((tag) => matchesWildcard(pattern, tag)))
      );
  }
}

function overdue(
  { countType, countNumber }: LifecycleRule,
  selected: readonly LifecycleImage[],
  now: Instant,
): readonly LifecycleImage[] {
  if (countType === 'imageCountMoreThan') {
    const excess = Math.max(0, selected.length - countNumber);
    return selected.toSorted(oldestFirst((image) => image.pushedAt)).slice(0, excess);
  }
  const before = now - countNumber * dayMs;
  return selected.filter((image) => {
    if (countType === 'sinceImagePushed') return image.pushedAt < before;
    if (countType === 'sinceImageTransitioned') return image.archivedAt !== undefined && image.archivedAt < before;
    return lastUsedAt(image) < before;
  });
}

/** One that nobody ever pulled counts from its push, one that nobody pulled since it was restored from then. */
function lastUsedAt({ pushedAt, pulledAt = pushedAt, activatedAt = pulledAt }: LifecycleImage): Instant {
  return Math.max(pulledAt, activatedAt);
}

const dayMs = 24 * 60 * 60 * 1000;

/** Images of one moment in the order of their digests, so that the same state always gives the same answer. */
function oldestFirst(timeOf: (image: LifecycleImage) => Instant): (a: LifecycleImage, b: LifecycleImage) => number {
  return (a, b) => timeOf(a) - timeOf(b) || (a.digest < b.digest ? -1 : 1);
}
