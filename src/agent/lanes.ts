import type { Clock } from '../world/world.ts';

/** What is done first when the engine is busy: finish a start, then create, then clear away, then get ready for more. */
export type Lane = 'start' | 'create' | 'remove' | 'fill';

/** Lets so many engine calls run at once and queues the rest. */
export interface Lanes {
  run<T>(lane: Lane, work: () => Promise<T>): Promise<T>;
  /** For how long nothing was done or waited for but `fill`. */
  idleMs(): number;
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
    fill: [],
  };
  let running = 0;
  /** Of what is not `fill`: how much waits or runs, and when that was last nothing. */
  let open = 0;
  let idleSinceMs = clock.monotonicMs();

  function next(): void {
    while (running < limit) {
      const oldest = queues.remove[0];
      const overdue = oldest !== undefined && clock.monotonicMs() - oldest.sinceMs >= removalPatienceMs;
      const lanes: readonly Lane[] = overdue ? ['remove', 'start', 'create'] : order;
      const lane = lanes.find((name) => queues[name].length > 0);
      const job = lane && queues[lane].shift();
      if (!job) return;
      running += 1;
      job.begin();
    }
  }

  return {
    run(lane, work) {
      return new Promise((resolve, reject) => {
        if (lane !== 'fill') open += 1;
        const begin = (): void => {
          work()
            .finally(() => {
              running -= 1;
              if (lane === 'fill') return;
              open -= 1;
              idleSinceMs = clock.monotonicMs();
            })
            .then(resolve, reject)
            .finally(next);
        };
        queues[lane].push({ begin, sinceMs: clock.monotonicMs() });
        next();
      });
    },
    idleMs: () => (open > 0 ? 0 : clock.monotonicMs() - idleSinceMs),
  };
}

const order: readonly Lane[] = ['start', 'create', 'remove', 'fill'];
