import { checkers } from './checkers/all.ts';
import type { Checker } from './checkers/checker.ts';
import { Faults } from './faults.ts';
import { story } from './story.ts';
import { System } from './system.ts';
import { Workload } from './workload.ts';

/** Runs one seed to its end and tells what went wrong. The same seed and options give the same trace. */
export async function runSeed(seed: string, options: RunOptions): Promise<RunResult> {
  const system = new System(seed, { agents: options.agents, keepLine: options.keepLine });
  const { clock } = system;
  const workload = new Workload(system);
  const faults = new Faults(system);
  for (const checker of checkers) checker.watch?.(system, workload);
  const look = (): void => {
    for (const checker of checkers) checker.look?.(system, workload);
    clock.after(5000, look);
  };
  look();

  system.startServer();
  await clock.runUntil(() => system.isServerUp, 60_000);
  await clock.runUntilSettled(workload.prepare());
  for (const agent of system.agents) agent.start();
  await clock.advance(30_000);
  await clock.runUntilSettled(story(system, workload));

  if (system.failures.length === 0) {
    workload.start(4);
    if (!options.isCalm) faults.start();
    await clock.advance(options.hours * 3_600_000);
    workload.stop();
    faults.end();
    await clock.advance(settleMs);
    for (const checker of checkers) {
      await checkSettled(system, workload, checker);
    }
  }
  return {
    seed,
    failures: system.failures,
    digest: system.trace.digest(),
    lines: system.trace.lines,
    virtualMs: clock.monotonicMs(),
    events: clock.eventsTaken,
    commits: system.journal.commits,
    tasks: workload.known.size,
    calls: workload.calls,
    faults: faults.counts,
  };
}

/** A checker that calls the API needs time to pass; one that lets time pass by itself must not be driven. */
async function checkSettled(system: System, workload: Workload, checker: Checker): Promise<void> {
  await checker.quiet?.(system);
  const asking = checker.settled?.(system, workload);
  if (asking) await system.clock.runUntilSettled(asking);
}

export interface RunOptions {
  /** Virtual hours of random workload. */
  readonly hours: number;
  readonly agents: number;
  /** Without faults. */
  readonly isCalm: boolean;
  readonly keepLine?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: string;
  readonly failures: readonly string[];
  /** Of the trace: what two runs of one seed must share. */
  readonly digest: string;
  readonly lines: number;
  readonly virtualMs: number;
  readonly events: number;
  readonly commits: number;
  readonly tasks: number;
  readonly calls: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
}

/** Longer than every time limit of the system: lost agents, hanging engines, stop timeouts. */
const settleMs = 900_000;
