import type { Instant } from '../core/instant.ts';

/** Reads the date of a signed request, whole seconds: ISO 8601 basic (20261122T130000Z) or HTTP's (RFC 9110). */
export function readDate(text: string): Instant | undefined {
  const basic = /^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z$/.exec(text);
  if (basic) {
    const [, year, month, day, hour, minute, second] = basic;
    const instant = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    return isoBasic(instant) === text ? instant : undefined; // 20261332T… is a date to Date.UTC and to nobody else
  }
  if (!/^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

/** ISO 8601 basic, whole seconds. */
export function isoBasic(instant: Instant): string {
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 4)}${text.slice(5, 7)}${text.slice(8, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`;
}
