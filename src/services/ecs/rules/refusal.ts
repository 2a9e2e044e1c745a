/**
 * Why a request cannot be taken, as a value: rules find refusals, operations throw the first. Checks are generators, so
 * that nothing is worked out past the first one and a caller that only asks whether there is one pays no more.
 */
export interface Refusal {
  readonly code: 'ClientException' | 'InvalidParameterException';
  readonly message: string;
}

export type Refusals = Iterable<Refusal>;

export function firstRefusal(refusals: Refusals): Refusal | undefined {
  for (const refusal of refusals) return refusal;
  return undefined;
}

export function client(message: string): Refusal {
  return { code: 'ClientException', message };
}

export function invalid(message: string): Refusal {
  return { code: 'InvalidParameterException', message };
}

/** Refuses a value outside its set, in the words AWS has for it. */
export function* notOneOf(member: string, value: string | undefined, allowed: readonly string[]): Generator<Refusal> {
  if (value !== undefined && !allowed.includes(value)) {
    yield invalid(`${member} should be one of [${allowed.join(',')}]`);
  }
}

/** Refuses a number that is not whole or outside its range. */
export function* outOfRange(
  member: string,
  value: number | undefined,
  range: { readonly min: number; readonly max: number },
): Generator<Refusal> {
  if (value === undefined) return;
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    yield invalid(`${member} must be a whole number between ${range.min} and ${range.max}, not ${value}.`);
  }
}
