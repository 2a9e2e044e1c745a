import type { Clock } from '../../world/world.ts';

/** Requests by one caller: `perSecond` in the long run, `burst` at once, as ECS_TASK_METADATA_RPS_LIMIT of the stock agent. */
export function createRateLimit(clock: Clock, perSecond = 40, burst = 60): (caller: string) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (caller) => {
    const atMs = clock.monotonicMs();
    if (buckets.size > callersKept) forgetFull(buckets, atMs, perSecond, burst);
    const bucket = buckets.get(caller) ?? { tokens: burst, atMs };
    buckets.set(caller, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((atMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = atMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}

const callersKept = 1000;

/** A bucket that has filled up again says no more than none. */
function forgetFull(
  buckets: Map<string, { readonly tokens: number; readonly atMs: number }>,
  atMs: number,
  perSecond: number,
  burst: number,
): void {
  for (const [caller, bucket] of buckets) {
    if (bucket.tokens + ((atMs - bucket.atMs) / 1000) * perSecond >= burst) buckets.delete(caller);
  }
}
