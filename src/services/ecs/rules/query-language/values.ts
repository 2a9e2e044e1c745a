/** Arguments of queries that are more than text: versions and dates. */
import type { Instant } from '../../../../core/instant.ts';

/** The numbers of `1.67.2`, with or without a `v`; what follows a hyphen does not count. */
export function parseVersion(text: string): readonly number[] | undefined {
  const found = /^v?(\d{1,9}(?:\.\d{1,9}){0,3})(?:[-+].*)?$/.exec(text);
  return found?.[1]?.split('.').map(Number);
}

/** Negative, zero or positive, as for sort. A number that is not there is 0. */
export function compareVersions(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A day, or a second with or without its zone; UTC where it has none. */
export function parseDate(text: string): Instant | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (!found) return undefined;
  const [, day = '', time = '00:00:00', zone = 'Z'] = found;
  const instant = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}
