import type { Instant } from '../core/instant.ts';

/** Reads the date of a signed request, whole seconds: ISO 8601 basic (20261122T130000Z) or HTTP's (RFC 9110). */
export function readDate(text: string): Instant | undefined {
  const basic = /^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z$/.exec(text);
  if (basic) return readBasic(basic);
  if (!/^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

/** Date.UTC takes 20261332T… for a day in 2027; nobody who signs means that. */
function readBasic(match: RegExpExecArray): Instant | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const instant = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(instant).getUTCDate() === day ? instant : undefined;
}

/** ISO 8601 basic, whole seconds. */
export function isoBasic(instant: Instant): string {
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 4)}${text.slice(5, 7)}${text.slice(8, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`;
}
