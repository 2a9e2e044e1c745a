import type { Clock, Timer } from '../world/world.ts';

/**
 * What is done first when the engine is busy: finish a start, then create, then remove what a task needs gone. What nobody
 * waits for, clearing away and getting ready for more, is done between them.
 */
export type Lane = 'start' | 'create' | 'remove' | 'clear' | 'fill';

/** Lets so many engine calls run at once and queues the rest. */
export interface Lanes {
  run<T>(lane: Lane, work: () => Promise<T>): Promise<T>;
  /** For how long nothing was done or waited for but `clear` and `fill`. */
  idleMs(): number;
}

/**
 * Removing a container costs the engine as much as starting one, and a start beside it is the slower for it: a task that
 * takes another's place comes a moment after that has ended. So what is cleared away waits for a pause of `graceMs`; but an
 * address is given back only by a removal, so after `patienceMs` one goes first, and then the next.
 */
export function createLanes(clock: Clock, limit: number, { graceMs = 250, patienceMs = 2000 } = {}): Lanes {
  const queues: Record<Lane, { readonly begin: () => void; readonly sinceMs: number }[]> = {
    start: [],
    create: [],
    remove: [],
    clear: [],
    fill: [],
  };
  const running: Record<Lane, number> = { start: 0, create: 0, remove: 0, clear: 0, fill: 0 };
  /** How much waits or runs of what is not leisurely, and when that was last nothing. */
  let open = 0;
  let idleSinceMs = clock.monotonicMs();
  let wake: Timer | undefined;

  /** Of what has waited longest; 0 where nothing does. */
  const waitedMs = (lane: Lane): number => {
    const [oldest] = queues[lane];
    return oldest ? clock.monotonicMs() - oldest.sinceMs : 0;
  };
  const idleMs = (): number => (open > 0 ? 0 : clock.monotonicMs() - idleSinceMs);

  function nextLane(): Lane | undefined {
    if (waitedMs('remove') >= patienceMs) return 'remove';
    if (waitedMs('clear') >= patienceMs && running.clear === 0) return 'clear';
    const wanted = urgent.find((lane) => queues[lane].length > 0);
    if (wanted || open > 0) return wanted;
    // A start that comes meanwhile finds room.
    if (Math.min(idleMs(), waitedMs('clear')) >= graceMs && 2 * running.clear < limit) return 'clear';
    return queues.fill.length > 0 ? 'fill' : undefined;
  }

  function next(): void {
    while (Object.values(running).reduce((sum, count) => sum + count) < limit) {
      const lane = nextLane();
      const job = lane && queues[lane].shift();
      if (!job) break;
      running[lane] += 1;
      job.begin();
    }
    wake?.cancel();
    wake = undefined;
    if (queues.clear.length === 0) return;
    const dueMs = open > 0 ? patienceMs - waitedMs('clear') : graceMs - Math.min(idleMs(), waitedMs('clear'));
    if (dueMs > 0) wake = clock.after(dueMs, next); // else it waits for one that is under way
  }

  return {
    run(lane, work) {
      const isLeisurely = lane === 'clear' || lane === 'fill';
      return new Promise((resolve, reject) => {
        if (!isLeisurely) open += 1;
        const begin = (): void => {
          work()
            .finally(() => {
              running[lane] -= 1;
              if (isLeisurely) return;
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
    idleMs,
  };
}

const urgent: readonly Lane[] = ['start', 'create', 'remove'];
