import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RunOptions, RunResult } from './run.ts';

export interface Job {
  readonly seed: string;
  readonly options: RunOptions;
}

/** Runs jobs on several threads and gives each result as it comes, until all have come or `take` says stop. */
export async function runJobs(
  jobs: Iterable<Job>,
  threads: number,
  take: (result: RunResult) => 'go on' | 'stop',
): Promise<void> {
  const waiting = jobs[Symbol.iterator]();
  let isStopped = false;
  const runThread = async (): Promise<void> => {
    let thread = new Thread();
    for (let job = waiting.next(); !job.done && !isStopped; job = waiting.next()) {
      const result = await thread.run(job.value);
      if (!isStopped && take(result) === 'stop') isStopped = true;
      if (thread.isBroken) thread = new Thread();
    }
    thread.end();
  };
  await Promise.all(Array.from({ length: threads }, runThread));
}

/** One thread of the pool. It is broken once a run has thrown outside its promises or has not come to an end. */
class Thread {
  // Most of what a run makes is soon forgotten: a larger nursery spares copying it.
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), {
    // And one that never stops making tasks ends as any other that breaks.
    resourceLimits: { maxYoungGenerationSizeMb: 128, maxOldGenerationSizeMb: 1024 },
    // Two thirds of what it takes a thread to load its modules is making JavaScript of them.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '../.cache/compile'), ...process.env },
  });
  isBroken = false;
  #answer: (result: RunResult) => void = () => undefined;
  #seed = '';

  constructor() {
    this.#worker.on('message', (message: { result?: RunResult; broke?: string }) => {
      this.#answer(message.result ?? brokenResult(this.#seed, message.broke ?? 'no result'));
    });
    this.#worker.on('error', (error: unknown) => {
      this.#break(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  }

  run(job: Job): Promise<RunResult> {
    this.#seed = job.seed;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#break(`no end after ${longestRunMs / 1000} s`), longestRunMs);
      this.#answer = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
      this.#worker.postMessage(job);
    });
  }

  end(): void {
    void this.#worker.terminate();
  }

  #break(why: string): void {
    this.isBroken = true;
    this.end();
    this.#answer(brokenResult(this.#seed, why));
  }
}

/** A seed whose run threw or never ended: a failure as any other. */
export function brokenResult(seed: string, why: string): RunResult {
  const none = new Map<string, number>();
  return {
    seed,
    failures: [{ rule: 'a run ends', sentence: why, atMs: 0 }],
    digest: '',
    lines: 0,
    virtualMs: 0,
    events: 0,
    commits: 0,
    tasks: 0,
    calls: none,
    faults: none,
    sights: none,
  };
}

/** Of real time: a run takes a second or two. */
const longestRunMs = 120_000;
