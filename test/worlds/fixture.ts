import { test } from 'node:test';

/** One world to try a port in. The port itself, and what a suite needs beside it, are further members. */
export interface Fixture {
  /** Runs the body to its end. A simulated world turns its clock meanwhile; the real one just waits. */
  run(body: () => Promise<void>): Promise<void>;
  /** Gives back what the fixture took. */
  end(): Promise<void>;
}

export type MakeFixture<F extends Fixture> = () => Promise<F>;

/** A test with a fixture of its own. */
export function worldTest<F extends Fixture>(
  make: MakeFixture<F>,
  name: string,
  body: (fixture: F) => Promise<void>,
): void {
  test(name, { timeout: 60_000 }, async () => {
    const fixture = await make();
    try {
      await fixture.run(() => body(fixture));
    } finally {
      await fixture.end();
    }
  });
}

/** A promise with its handles, for waiting on a callback. */
export function signalOf<T>(): { readonly promise: Promise<T>; readonly give: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, give: resolve };
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}
