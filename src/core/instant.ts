/** A point in time: milliseconds since 1970-01-01T00:00:00Z. State holds instants, the wire holds Dates. */
export type Instant = number;

export function toDate(instant: Instant): Date;
export function toDate(instant: Instant | undefined): Date | undefined;
export function toDate(instant: Instant | undefined): Date | undefined {
  return instant === undefined ? undefined : new Date(instant);
}
