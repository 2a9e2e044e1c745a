import type { Instant } from '../../../core/instant.ts';
import type { TaskRecord } from '../tables.ts';

/**
 * The tag by which a task asks to be stopped when it has run for too long: a whole number of minutes. AWS has no such
 * thing, and nobody is affected who does not set it.
 */
export const timeoutTag = 'longshore:timeout-minutes';

/** When a task has run for as long as its tag allows; undefined where it has none, does not run or is told to stop. */
export function deadlineOf({ tags, startedAt, desiredStatus, lastStatus }: TaskRecord): Instant | undefined {
  if (tags.length === 0 || startedAt === undefined || desiredStatus === 'STOPPED' || lastStatus === 'STOPPED')
    return undefined;
  const minutes = tags.find(({ key }) => key === timeoutTag)?.value ?? '';
  // What is no such number is no wish: to stop a task for a slip of the pen would be the worse mistake.
  return /^[1-9]\d{0,6}$/.test(minutes) ? startedAt + Number(minutes) * 60_000 : undefined;
}
