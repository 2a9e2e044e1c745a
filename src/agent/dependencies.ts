import type { Instant } from '../core/instant.ts';
import type { PayloadContainer } from './contract.ts';
import { isOver } from './container-end.ts';
import type { TaskRecord } from './state.ts';

/** Whether what a container waits for before it starts has come, may come, or never will. */
export type Verdict =
  | { readonly kind: 'met' }
  | { readonly kind: 'waits'; readonly until?: Instant }
  | { readonly kind: 'never'; readonly reason: string };

type Condition = 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';

/** Judges all dependencies of one container; a single hopeless one decides. */
export function judge(task: TaskRecord, wanted: PayloadContainer, now: Instant): Verdict {
  let verdict: Verdict = { kind: 'met' };
  for (const { name, condition } of conditionsOf(wanted)) {
    const one = judgeOne(task, wanted.name, name, condition, now);
    if (one.kind === 'never') return one;
    if (one.kind === 'met') continue;
    const until: Instant | undefined = verdict.kind === 'waits' ? earlier(verdict.until, one.until) : one.until;
    verdict = { kind: 'waits', ...(until === undefined ? {} : { until }) };
  }
  return verdict;
}

/** Names of the containers this one depends on in any way: for the reverse order of the stop, and for cycles. */
export function dependenciesOf(wanted: PayloadContainer): readonly string[] {
  return [
    ...wanted.dependsOn.map((dependency) => dependency.containerName),
    ...wanted.links.map((link) => link.split(':')[0] ?? link),
    ...wanted.volumesFrom.map((from) => from.sourceContainer),
  ];
}

export function hasCycle(containers: readonly PayloadContainer[]): boolean {
  let open = containers;
  for (;;) {
    const names = new Set(open.map((container) => container.name));
    const next = open.filter((container) => dependenciesOf(container).some((name) => names.has(name)));
    if (next.length === open.length) return next.length > 0;
    open = next;
  }
}

/** A link waits for its container to run, as Docker refuses to link to one that does not. */
function conditionsOf(wanted: PayloadContainer): readonly { readonly name: string; readonly condition: Condition }[] {
  return [
    ...wanted.dependsOn.map(({ containerName, condition }) => ({ name: containerName, condition })),
    ...wanted.links.map((link) => ({ name: link.split(':')[0] ?? link, condition: 'START' as const })),
  ];
}

function judgeOne(task: TaskRecord, target: string, name: string, condition: Condition, now: Instant): Verdict {
  const seen = task.containers[name];
  if (!seen) return never(target, name, 'is not part of the task');
  const ended = isOver(task, seen);
  if (condition === 'START') {
    if (seen.startedAt !== undefined) return { kind: 'met' };
    return ended ? never(target, name, 'did not start') : { kind: 'waits' };
  }
  if (condition === 'HEALTHY') {
    if (seen.phase === 'running' && seen.health?.status === 'HEALTHY') return { kind: 'met' };
    if (ended) return never(target, name, 'stopped before it was healthy');
  } else if (ended) {
    if (seen.exitCode === undefined || seen.startedAt === undefined) return never(target, name, 'did not complete');
    if (condition === 'COMPLETE' || seen.exitCode === 0) return { kind: 'met' };
    return never(target, name, `exited with code ${seen.exitCode}`);
  }
  // startTimeout belongs to the container that is waited for and counts from its start.
  const timeout = task.payload.containers.find((container) => container.name === name)?.startTimeout;
  if (timeout === undefined || seen.startedAt === undefined) return { kind: 'waits' };
  const until = seen.startedAt + timeout * 1000;
  return now >= until
    ? never(target, name, `did not become ${condition} within ${timeout}s`)
    : { kind: 'waits', until };
}

function never(target: string, name: string, what: string): Verdict {
  return {
    kind: 'never',
    reason: `TaskDependencyError: container ${target} cannot start: its dependency ${name} ${what}`,
  };
}

function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
