import type { ContainerBody } from '../docker.ts';
import { runProgram, type ShellState } from './sim-shell.ts';

/** The engine's Healthcheck member: durations in nanoseconds, with the engine's defaults. */
export function healthCheckOf(body: ContainerBody): HealthCheck | undefined {
  const given = body['Healthcheck'];
  if (typeof given !== 'object' || given === null) return undefined;
  const member = (name: string): unknown => Object.entries(given).find(([each]) => each === name)?.[1];
  const test = member('Test');
  if (!Array.isArray(test) || test.length === 0 || test[0] === 'NONE') return undefined;
  const [kind, ...rest] = test.map(String);
  const positive = (name: string, otherwise: number): number => Number(member(name) ?? 0) || otherwise;
  return {
    words: kind === 'CMD-SHELL' ? ['sh', '-c', ...rest] : kind === 'CMD' ? rest : [String(kind), ...rest],
    intervalMs: positive('Interval', 30e9) / 1e6,
    startPeriodMs: positive('StartPeriod', 0) / 1e6,
    retries: positive('Retries', 3),
  };
}

/** Runs a short program outside time. One that waits has not answered, which is a failure. */
export function exitCodeOf(words: readonly string[], shell: ShellState): number {
  const process = runProgram(words, { env: shell.env, traps: new Map() });
  if (!process) return 127;
  for (let steps = 0; steps < longestCheck; steps += 1) {
    const next = process.next();
    if (next.done) return next.value;
    if (next.value.kind === 'exit') return next.value.code;
    if (next.value.kind !== 'print') return 1;
  }
  return 1;
}

export interface HealthCheck {
  readonly words: readonly string[];
  readonly intervalMs: number;
  readonly startPeriodMs: number;
  readonly retries: number;
}

/** Steps after which a check that waits for nothing counts as one that hangs. */
const longestCheck = 1000;
