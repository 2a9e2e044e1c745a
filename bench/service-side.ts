import { setTimeout as sleep } from 'node:timers/promises';

/** One of the two that keep a service of the same containers on the same engine. */
export interface Side {
  /** Resolves when nothing more is made ready. */
  ready(): Promise<void>;
  /** Resolves when all replicas run. */
  create(replicas: number): Promise<void>;
  /** Resolves when all replicas of the new kind run and none of the old. */
  update(replicas: number): Promise<void>;
  /** Resolves when the engine has no container left of it. */
  remove(): Promise<void>;
}

/** What both sides have to know of how a service is made. */
export interface ServiceSetting {
  readonly networkMode: 'bridge' | 'host';
  /** As many as the agent keeps by itself where this is absent. */
  readonly warmSandboxes?: number;
}

/** Ends at once when it is asked to: how long a program takes to end is not ours. */
export const command = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 1000 & wait $!; done"];

/**
 * Both watch their own API for running tasks over a kept connection, as often. While many are missing they are looked for
 * seldom, as each look costs the machine what a start would have had; the last few are looked for often, so that what is
 * measured is when they ran and not when they were looked for.
 */
const pollMs = (missing: number): number => (missing <= fewMissing ? 10 : 50);
const fewMissing = 3;

const limitMs = 120_000;

export async function until(isDone: () => Promise<boolean>): Promise<void> {
  await untilNone(
    async () => ((await isDone()) ? 0 : 1),
    () => 20,
  );
}

/** Waits until nothing is missing. */
export async function untilNone(missing: () => Promise<number>, everyMs = pollMs): Promise<void> {
  const end = performance.now() + limitMs;
  for (let left = await missing(); left > 0; left = await missing()) {
    if (performance.now() > end) throw new Error(`it did not come about within ${limitMs / 1000} s`);
    await sleep(everyMs(left));
  }
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
