import type { Clock } from '../world/world.ts';

/** What is done first when the engine is busy: finish a start, then create, then clear away. */
export type Lane = 'start' | 'create' | 'remove';

/** Lets so many engine calls run at once and queues the rest. */
export interface Lanes {
  run<T>(lane: Lane, work: () => Promise<T>): Promise<T>;
}

/**
 * Removing a container costs the engine as much as starting one, so removals wait behind starts; but an address is
 * given back only by a removal, so none waits longer than `removalPatienceMs`.
 */
export function createLanes(clock: Clock, limit: number, removalPatienceMs = 2000): Lanes {
  const queues: Record<Lane, { readonly begin: () => void; readonly sinceMs: number }[]> = {
    start: [],
    create: [],
    remove: [],
  };
  let running = 0;

  function next(): void {
    while (running < limit) {
      const oldest = queues.remove[0];
      const overdue = oldest !== undefined && clock.monotonicMs() - oldest.sinceMs >= removalPatienceMs;
      const order: readonly Lane[] = overdue ? ['remove', 'start', 'create'] : ['start', 'create', 'remove'];
      const lane = order.find((name) => queues[name].length > 0);
      const job = lane && queues[lane].shift();
      if (!job) return;
      running += 1;
      job.begin();
    }
  }

  return {
    run(lane, work) {
      return new Promise((resolve, reject) => {
        const begin = (): void => {
          work()
            .finally(() => {
              running -= 1;
            })
            .then(resolve, reject)
            .finally(next);
        };
        queues[lane].push({ begin, sinceMs: clock.monotonicMs() });
        next();
      });
    },
  };
}
