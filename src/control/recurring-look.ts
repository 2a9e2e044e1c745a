import type { Clock, Timer } from '../world/world.ts';

/** Looks at the state again and again: for edges that act on what is durable and repeat by the next look what failed. */
export interface RecurringLook {
  /** Looks after this time at the latest. */
  within(delayMs: number): void;
  /** Resolves when the look that is under way has ended; none comes after it. */
  stop(): Promise<void>;
}

/** One look at a time, each `everyMs` after the one before unless one is asked for sooner. `look` never rejects. */
export function startRecurringLook(clock: Clock, everyMs: number, look: () => Promise<void>): RecurringLook {
  let timer: Timer | undefined;
  let dueAtMs = 0;
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  const within = (delayMs: number): void => {
    const atMs = clock.monotonicMs() + delayMs;
    if (stopped || (timer && dueAtMs <= atMs)) return;
    timer?.cancel();
    dueAtMs = atMs;
    timer = clock.after(delayMs, () => {
      timer = undefined;
      looking = looking.then(look).then(() => within(everyMs));
    });
  };
  return {
    within,
    async stop() {
      stopped = true;
      timer?.cancel();
      await looking;
    },
  };
}
