import { checkers } from './checkers/all.ts';
import type { Checker } from './checkers/checker.ts';
import { drill } from './drill.ts';
import { Faults } from './faults.ts';
import { areAllSteady } from './steady.ts';
import { story } from './story.ts';
import { type Failure, System } from './system.ts';
import { Workload } from './workload.ts';

/**
 * Runs one seed: a story that must always work, then users and faults for a while, then an end of both, after which all
 * must come to rest. Ends at the first failure. The same seed and options give the same trace.
 */
export async function runSeed(seed: string, options: RunOptions): Promise<RunResult> {
  const system = new System(seed, { agents: options.agents, keepLine: options.keepLine });
  const { clock, failures } = system;
  const workload = new Workload(system);
  const faults = new Faults(system, options.without);
  const hasFailed = (): boolean => failures.length > 0;
  for (const checker of checkers) checker.watch?.(system, workload);
  const look = (): void => {
    for (const checker of checkers) checker.look?.(system, workload);
    clock.after(lookEveryMs, look);
  };
  look();

  const act = async (promise: Promise<void>): Promise<void> => {
    let isDone = false;
    const done = promise.then(() => {
      isDone = true;
    });
    await clock.advance(3_600_000, () => isDone || hasFailed());
    if (!hasFailed()) await clock.runUntilSettled(done, 0);
  };
  const steps: readonly (() => Promise<void>)[] = [
    async () => {
      system.startServer();
      await clock.advance(60_000, () => system.isServerUp || hasFailed());
    },
    () => act(workload.prepare()),
    async () => {
      for (const agent of system.agents) agent.start();
      await clock.advance(30_000, hasFailed);
    },
    () => act(story(system, workload)),
    async () => {
      workload.start();
      if (!options.isCalm) faults.start();
      await clock.advance(options.minutes * 60_000, hasFailed);
      faults.end();
    },
    () => act(workload.stop()),
    () => clock.advance(60_000, hasFailed),
    () => act(workload.mend()),
    () => clock.advance(settleMs, hasFailed),
    async () => {
      if (areAllSteady(system)) return;
      await clock.advance(longestSettleMs - settleMs, hasFailed);
    },
    () => act(drill(system, workload)),
    ...checkers.map((checker) => () => checkSettled(system, workload, checker, act)),
  ];
  for (const step of steps) if (!hasFailed()) await step();

  return {
    seed,
    failures,
    digest: system.trace.digest(),
    lines: system.trace.lines,
    virtualMs: clock.monotonicMs(),
    events: clock.eventsTaken,
    commits: system.journal.commits,
    tasks: system.sights.get('task') ?? 0,
    calls: workload.client.counts,
    faults: faults.counts,
    sights: system.sights,
  };
}

/** A checker that calls the API needs time to pass; one that lets time pass by itself must not be driven. */
async function checkSettled(
  system: System,
  workload: Workload,
  checker: Checker,
  act: (promise: Promise<void>) => Promise<void>,
): Promise<void> {
  await checker.quiet?.(system);
  const asking = checker.settled?.(system, workload);
  if (asking) await act(asking);
}

export interface RunOptions {
  /** Virtual minutes of users and faults; what comes before and after takes 37 more. */
  readonly minutes: number;
  readonly agents: number;
  /** Without faults. */
  readonly isCalm: boolean;
  /** Names of faults that do not strike. */
  readonly without: readonly string[];
  readonly keepLine?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: string;
  readonly failures: readonly Failure[];
  /** Of the trace: what two runs of one seed must share. */
  readonly digest: string;
  readonly lines: number;
  readonly virtualMs: number;
  readonly events: number;
  readonly commits: number;
  readonly tasks: number;
  /** Answers, by operation and outcome. */
  readonly calls: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  /** What came to pass, such as roll-backs: that a run tests something. */
  readonly sights: ReadonlyMap<string, number>;
}

/** With what comes before and after, a virtual hour. */
export const usualMinutes = 24;

const lookEveryMs = 30_000;
/** Longer than the time limits of the system: lost agents, hanging engines, stop timeouts, protection. */
const settleMs = 900_000;
/** As long as the longest wait of failing launches can last: what waits is not steady. */
const longestSettleMs = 1_320_000;
