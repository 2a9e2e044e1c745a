import { type RunOptions, type RunResult, runSeed } from './run.ts';

/**
 * Makes the way to a failure shorter, as long as the same rule is broken: an earlier end, no faults at all, or fewer kinds
 * of them. Tries until nothing more can be left out.
 */
export async function shrink(failed: RunResult, options: RunOptions): Promise<RunOptions> {
  const rule = failed.failures[0]?.rule;
  let best = options;
  const tryOut = async (shorter: RunOptions): Promise<RunResult | undefined> => {
    // A way on which the run itself breaks is another failure.
    const result = await runSeed(failed.seed, { ...shorter, keepLine: undefined }).catch(() => undefined);
    if (result?.failures[0]?.rule !== rule) return undefined;
    best = shorter;
    return result;
  };
  const failedAtMs = failed.failures[0]?.atMs ?? 0;
  const minutes = Math.ceil(failedAtMs / 60_000);
  if (minutes < best.minutes) await tryOut({ ...best, minutes });
  if (await tryOut({ ...best, isCalm: true })) return best;
  for (const name of failed.faults.keys()) {
    await tryOut({ ...best, without: [...best.without, name] });
  }
  for (const part of [0.5, 0.75]) {
    await tryOut({ ...best, minutes: Math.ceil(best.minutes * part) });
  }
  return best;
}
