import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a state: asks until the answer is something, and not undefined or false, for at most `limitMs`. Rejects naming what was waited for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  limitMs = 120_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what} did not come about within ${limitMs / 1000} s`);
    await sleep(100);
  }
}
