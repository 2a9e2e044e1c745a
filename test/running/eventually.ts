import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a state: asks until the answer is not undefined, for at most `limitMs`. Rejects naming what was waited for. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, limitMs = 60_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what} did not come about within ${limitMs / 1000} s`);
    await sleep(100);
  }
}
