import type { Instant } from '../../../core/instant.ts';
import { dayMs } from './limits.ts';

/** The time before which a group's events have expired: no operation shows them, whether their files are gone or not. */
export function oldestKept(group: { readonly retentionInDays?: number }, now: Instant): Instant {
  return group.retentionInDays === undefined ? 0 : now - group.retentionInDays * dayMs;
}
