import type { Clock } from '../../world/world.ts';

/** How many sandboxes are kept ready: `least`, and up to `most` where so many were asked for at once. */
export interface SandboxRange {
  readonly least: number;
  readonly most: number;
}

/** The size of a pool that follows its use: what a service was begun with is what its next deployment will ask for. */
export interface BurstSize {
  asked(): void;
  /** As many as the largest burst of late asked for, within the range. */
  size(): number;
}

/** A number alone is both. */
export function sandboxRange(count: number | SandboxRange): SandboxRange {
  return typeof count === 'number' ? { least: count, most: count } : count;
}

export function createBurstSize(clock: Pick<Clock, 'monotonicMs'>, { least, most }: SandboxRange): BurstSize {
  let burst = 0;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let largest = 0;
  let largestAtMs = Number.NEGATIVE_INFINITY;
  const remembered = (): number => (clock.monotonicMs() - largestAtMs < rememberMs ? largest : 0);
  return {
    asked() {
      const nowMs = clock.monotonicMs();
      burst = nowMs - askedAtMs < burstPauseMs ? burst + 1 : 1;
      askedAtMs = nowMs;
      if (burst < remembered()) return;
      largest = burst;
      largestAtMs = nowMs;
    },
    size: () => Math.min(most, Math.max(least, remembered())),
  };
}

/** A burst of tasks comes in several messages: a pause this long means that it is over. */
export const burstPauseMs = 500;
const rememberMs = 3600_000;
