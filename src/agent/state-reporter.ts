import type { Store } from '../store/store.ts';
import type { Clock, Log, Random, Timer } from '../world/world.ts';
import type { Backend } from './contract.ts';
import { nextReport } from './report.ts';
import { agentTasks } from './state.ts';

/** Tells the control plane what happens to tasks: one report of a task in flight, so many tasks at once. */
export interface StateReporter {
  /** Tries everything again now: the control plane has just been reached. */
  nudge(): void;
  /** Tells what is evident of a task without waiting for it to be durable; the rest is told when it is. */
  tellNow(arn: string): void;
  stop(): void;
}

export function startStateReporter(parts: {
  readonly store: Store;
  readonly backend: Backend;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly cluster: string;
  readonly containerDelayMs: number;
}): StateReporter {
  const { store, backend, clock, random, log } = parts;
  const waiting = new Set<string>();
  const inFlight = new Set<string>();
  const timers = new Map<string, Timer>();
  const attempts = new Map<string, number>();
  let stopped = false;

  function later(arn: string, delayMs: number): void {
    if (timers.has(arn)) return;
    timers.set(
      arn,
      clock.after(delayMs, () => {
        timers.delete(arn);
        enqueue(arn, true);
      }),
    );
  }

  function enqueue(arn: string, waited: boolean): void {
    if (stopped || inFlight.has(arn)) return;
    const task = store.view((reader) => reader.get(agentTasks, arn));
    const report = task && nextReport(task);
    if (!report) return;
    // After a failure everything of the task waits its turn.
    if (!waited && attempts.has(arn)) return;
    if (!waited && !report.urgent) return later(arn, parts.containerDelayMs);
    waiting.add(arn);
    pump();
  }

  function pump(): void {
    for (const arn of waiting) {
      if (inFlight.size >= tasksAtOnce) return;
      waiting.delete(arn);
      inFlight.add(arn);
      void send(arn).finally(() => {
        inFlight.delete(arn);
        enqueue(arn, false);
        pump();
      });
    }
  }

  async function send(arn: string): Promise<void> {
    const task = store.view((reader) => reader.get(agentTasks, arn));
    const report = task && nextReport(task);
    if (!report || stopped) return;
    timers.get(arn)?.cancel();
    timers.delete(arn);
    try {
      if (!report.evident) await store.durable(); // what is told must not be forgotten
      await backend.call('ecs', 'SubmitTaskStateChange', { cluster: parts.cluster, ...report.input });
      attempts.delete(arn);
    } catch (error) {
      const code = codeOf(error);
      if (!dropped.has(code)) {
        const count = (attempts.get(arn) ?? 0) + 1;
        attempts.set(arn, count);
        const delayMs = Math.min(longestRetryMs, 250 * 2 ** Math.min(count, 20)) * (0.8 + 0.4 * random.fraction());
        log.warn('a state change is not told yet', { task: arn, code, attempt: count });
        later(arn, delayMs);
        return;
      }
      attempts.delete(arn);
      log.error('the control plane refuses a state change', { task: arn, code, reason: String(error) });
    }
    // Read at once, so that what comes next is told without delay; one that is not kept is told again.
    store
      .updateUnhurried((tx) => {
        const now = tx.get(agentTasks, arn);
        if (now) tx.put(agentTasks, { ...now, told: report.told });
      })
      .catch((error: unknown) => {
        log.error('what was told could not be kept, it will be told again', { task: arn, reason: String(error) });
        later(arn, longestRetryMs);
      });
  }

  const unwatch = store.watch(agentTasks, (arn) => enqueue(arn, false));
  const untold = (): readonly string[] =>
    store.view((reader) => [...reader.find(agentTasks, 'untold', 'untold')].map((task) => task.arn));
  for (const arn of untold()) enqueue(arn, false);

  return {
    nudge() {
      attempts.clear();
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
      for (const arn of untold()) enqueue(arn, false);
    },
    tellNow(arn) {
      // In a moment, so that it tells all that is being written just now.
      void Promise.resolve().then(() => enqueue(arn, false));
    },
    stop() {
      stopped = true;
      unwatch();
      for (const timer of timers.values()) timer.cancel();
    },
  };
}

const tasksAtOnce = 10;
const longestRetryMs = 60_000;

/** Refusals that no repetition changes; the stock agent drops these events too. */
const dropped = new Set(['InvalidParameterException', 'ClientException']);

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
