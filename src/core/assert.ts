/** Stops on our own bug. `what` says what must hold, in words that help whoever reads the crash. */
export function assert(holds: unknown, what: string): asserts holds {
  if (!holds) throw new AssertionError(what);
}

/** Marks a branch the types rule out: a new member of a union without a case is a type error here. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected value ${JSON.stringify(value)}`);
}

/** Our own bug, never a client's mistake and never the world's failure. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
