import type { Store } from '../store/store.ts';
import type { Clock, Log, Timer } from '../world/world.ts';
import type { Executor } from './execute.ts';
import type { Lanes } from './lanes.ts';
import type { LogShipper } from './logs/log-shipper.ts';
import { agentTasks, type TaskRecord } from './state.ts';

/** Removes what stopped tasks left on the engine: after a wait, or sooner when there are too many of them. */
export interface Cleaner {
  now(): void;
  /** In a moment: a burst of ends is looked over once. */
  soon(): void;
  /** Whoever looks at what is mounted afterwards sees that of tasks that run. */
  stop(): Promise<void>;
}

export interface CleanerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly executor: Pick<Executor, 'clean' | 'release'>;
  readonly logs: Pick<LogShipper, 'finished'>;
  readonly lanes: Lanes;
  readonly cleanupWaitMs: number;
  readonly keepStoppedTasks: number;
}

export function createCleaner(parts: CleanerParts): Cleaner {
  const { store, clock, log, keepStoppedTasks, cleanupWaitMs } = parts;
  const underWay = new Set<string>();
  const released = new Map<string, Promise<void>>();
  let timer: Timer | undefined;
  let isStopped = false;

  function cleanDue(): void {
    const left = store
      .view((reader) => [...reader.find(agentTasks, 'remains', 'left')])
      .filter((task) => task.stoppedAt !== undefined && task.told.status === 'STOPPED')
      .sort((a, b) => (b.stoppedAt ?? 0) - (a.stoppedAt ?? 0));
    for (const [index, task] of left.entries()) {
      void releaseOnce(task);
      // A block volume ends with its task.
      const holdsVolume = task.payload.volumes.some((volume) => volume.type === 'ebs');
      const isDue = holdsVolume || index >= keepStoppedTasks || clock.now() - (task.stoppedAt ?? 0) >= cleanupWaitMs;
      if (!isDue || underWay.has(task.arn)) continue;
      underWay.add(task.arn);
      clean(task)
        .catch((error: unknown) => {
          log.warn('a stopped task is not cleared away yet', { task: task.arn, reason: String(error) });
        })
        .finally(() => underWay.delete(task.arn));
    }
  }

  /** Its containers may be looked at for hours; what is mounted for them would cost a process all that time. */
  function releaseOnce(task: TaskRecord): Promise<void> {
    const known = released.get(task.arn);
    if (known) return known;
    const releasing = parts.executor.release(task).catch((error: unknown) => {
      released.delete(task.arn);
      log.warn('what was mounted for a stopped task is not released yet', { task: task.arn, reason: String(error) });
    });
    released.set(task.arn, releasing);
    return releasing;
  }

  async function clean(task: TaskRecord): Promise<void> {
    for (const name of task.payload.longshore?.logs ?? []) {
      const container = task.containers[name];
      if (container?.id === undefined || container.startedAt === undefined || container.phase === 'gone') continue;
      await parts.logs.finished(container.id);
    }
    if (isStopped) return;
    await parts.lanes.run('clear', () => parts.executor.clean(task));
    await store.update((tx, env) => {
      const now = tx.get(agentTasks, task.arn);
      if (!now) return;
      const { arn, payload, desiredStatus, acceptedAt, told } = now;
      const rest = { containers: {}, resources: {}, volumes: {}, stoppedAt: now.stoppedAt ?? env.now };
      const kept = { ...payload, containers: [], volumes: [] };
      tx.put(agentTasks, { arn, payload: kept, desiredStatus, acceptedAt, told, ...rest, cleanedAt: env.now });
    });
    released.delete(task.arn);
  }

  function forgetOld(): void {
    const old = store.view((reader) =>
      [...reader.find(agentTasks, 'remains', 'cleaned')].filter(
        (task) => clock.now() - (task.cleanedAt ?? 0) > rememberMs,
      ),
    );
    for (const task of old) {
      store
        .update((tx) => tx.delete(agentTasks, task.arn))
        .catch((error: unknown) =>
          log.warn('an old task is not forgotten yet', { task: task.arn, reason: String(error) }),
        );
    }
  }

  return {
    now() {
      cleanDue();
      forgetOld();
    },
    soon() {
      timer ??= clock.after(burstMs, () => {
        timer = undefined;
        cleanDue();
      });
    },
    async stop() {
      isStopped = true;
      timer?.cancel();
      const left = store.view((reader) => [...reader.find(agentTasks, 'remains', 'left')]);
      await Promise.all(left.filter((task) => task.stoppedAt !== undefined).map(releaseOnce));
    },
  };
}

const burstMs = 1000;

/** How long a task that is cleared away is remembered, so that a late payload does not run it again. */
const rememberMs = 24 * 3600_000;
