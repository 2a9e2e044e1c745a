import type { Instant } from '../core/instant.ts';
import type { PayloadContainer } from './contract.ts';
import { isOver } from './container-end.ts';
import { dependenciesOf, hasCycle, judge } from './dependencies.ts';
import { environmentFilesResource, hasEnvironmentFiles } from './environment/environment-files.ts';
import { awaitsRouterAddress, firelensOf, firelensResource } from './logs/firelens.ts';
import { hasSecrets, secretsResource } from './environment/secrets.ts';
import { type ContainerRecord, pauseName, type TaskRecord } from './state.ts';

/** One thing to do on the engine. `target` is what it works on: at most one step of a target is under way. */
export type Step =
  | { readonly kind: 'pull' | 'create' | 'start' | 'remove'; readonly target: string }
  | { readonly kind: 'prepare'; readonly target: string }
  | { readonly kind: 'stop'; readonly target: string; readonly timeoutSeconds: number };

export interface Plan {
  /** What can be done now, in the order in which it is best begun. */
  readonly steps: readonly Step[];
  readonly status: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly stopping: boolean;
  /** Found just now: the task as a whole cannot go on. Recorded, it makes the task stop. */
  readonly failure?: string;
  /** When time alone may change the plan. */
  readonly wakeAt?: Instant;
}

export type ContainerStatus = 'NONE' | 'CREATED' | 'RUNNING' | 'STOPPED';

/** Steps under way, by target. */
export type Busy = ReadonlyMap<string, Step['kind']>;

/** What has to be done next for one task. Pure: the same record, moment and busy steps give the same plan. */
export function planTask(task: TaskRecord, busy: Busy, now: Instant, defaultStopTimeout = 30): Plan {
  if (isEnding(task)) return planStop(task, busy, now, defaultStopTimeout);
  if (hasCycle(task.payload.containers)) {
    return failing(task, busy, now, `TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${task.arn}`);
  }
  const steps: Step[] = [];
  const deadlines: Instant[] = [];
  for (const target of resourcesOf(task)) if (!task.resources[target]) steps.push({ kind: 'prepare', target });

  const pause = task.containers[pauseName];
  if (pause?.phase === 'none' && hasNetwork(task)) steps.push({ kind: 'create', target: pauseName });
  if (pause?.phase === 'created' && task.resources['@cgroup']) steps.push({ kind: 'start', target: pauseName });

  for (const wanted of task.payload.containers) {
    const seen = task.containers[wanted.name];
    if (!seen || statusOf(task, seen, false, busy) === 'STOPPED') continue;
    if (seen.phase === 'none') {
      if (!seen.hasImage) {
        // As AWS: a task without its secrets pulls nothing.
        if (!hasSecrets(task) || task.resources[secretsResource]) steps.push({ kind: 'pull', target: wanted.name });
      } else if (mayCreate(task, wanted)) steps.push({ kind: 'create', target: wanted.name });
    }
    if (seen.phase === 'exited') steps.push({ kind: 'start', target: wanted.name }); // its restart policy says so
    if (seen.phase === 'running' && seen.sandbox?.isLost) {
      const timeoutSeconds = wanted.stopTimeout ?? defaultStopTimeout;
      if (seen.retryStopAt !== undefined && seen.retryStopAt > now) deadlines.push(seen.retryStopAt);
      else steps.push({ kind: 'stop', target: wanted.name, timeoutSeconds });
    }
    const verdict = seen.startedAt === undefined ? judge(task, wanted, now) : { kind: 'met' as const };
    if (verdict.kind === 'never') return failing(task, busy, now, verdict.reason);
    if (verdict.kind === 'waits' && verdict.until !== undefined) deadlines.push(verdict.until);
    if (seen.phase === 'created' && verdict.kind === 'met' && mayStart(task, wanted.name)) {
      steps.push({ kind: 'start', target: wanted.name });
    }
  }
  const all = task.payload.containers.map((wanted) => statusIn(task, wanted.name, false, busy));
  const runs = all.every((status) => status === 'RUNNING' || status === 'STOPPED');
  return {
    steps: steps.filter((step) => !busy.has(step.target)),
    status: runs ? 'RUNNING' : 'PENDING',
    stopping: false,
    ...(deadlines.length === 0 ? {} : { wakeAt: Math.min(...deadlines) }),
  };
}

/** Whether the task is to end: told so, failed as a whole, an essential container over, or nothing left to run. */
export function isEnding(task: TaskRecord): boolean {
  if (task.desiredStatus === 'STOPPED' || task.failure !== undefined || task.stoppedAt !== undefined) return true;
  const pause = task.containers[pauseName];
  if (pause && isOver(task, pause)) return true;
  const over = task.payload.containers.filter((wanted) => {
    const seen = task.containers[wanted.name];
    return seen !== undefined && isOver(task, seen);
  });
  return over.length === task.payload.containers.length || over.some((wanted) => wanted.essential);
}

/** How far a container is. In a task that ends, one that never ran has nothing left to do. */
export function statusOf(task: TaskRecord, seen: ContainerRecord, ending: boolean, busy: Busy): ContainerStatus {
  const step = busy.get(seen.name);
  const mayYetRun = step === 'create' || step === 'start';
  if (seen.phase === 'running') return 'RUNNING';
  if (isOver(task, seen)) return mayYetRun ? 'RUNNING' : 'STOPPED';
  if (seen.phase === 'exited') return ending && !mayYetRun ? 'STOPPED' : 'RUNNING';
  if (ending && !mayYetRun) return 'STOPPED';
  return seen.phase === 'created' ? 'CREATED' : 'NONE';
}

/** What the task needs beside containers. The sign keeps the names apart from those of containers. */
export function resourcesOf(task: TaskRecord): readonly string[] {
  return [
    ...(task.payload.networkMode === 'awsvpc' ? ['@network'] : []),
    ...task.payload.volumes.filter((volume) => !volume.host?.sourcePath).map((volume) => `@volume ${volume.name}`),
    '@cgroup',
    ...(task.payload.longshore?.ephemeralStorageGiB === undefined ? [] : ['@storage']),
    ...(hasSecrets(task) ? [secretsResource] : []),
    ...(hasEnvironmentFiles(task) ? [environmentFilesResource] : []),
    ...(task.payload.containers.some((container) => container.firelensConfiguration) ? [firelensResource] : []),
    ...(task.payload.longshore?.logs ?? []).map(logResource),
  ];
}

function planStop(task: TaskRecord, busy: Busy, now: Instant, defaultStopTimeout: number): Plan {
  const steps: Step[] = [];
  const waits: Instant[] = [];
  const isDown = (name: string): boolean => statusIn(task, name, true, busy) === 'STOPPED';
  for (const wanted of task.payload.containers) {
    const seen = task.containers[wanted.name];
    if (seen?.phase !== 'running') continue;
    // The reverse of the start: first those that depend on it.
    const dependents = task.payload.containers.filter((other) => dependenciesOf(other).includes(wanted.name));
    if (!dependents.every((other) => isDown(other.name))) continue;
    if (seen.retryStopAt !== undefined && seen.retryStopAt > now) waits.push(seen.retryStopAt);
    else steps.push({ kind: 'stop', target: wanted.name, timeoutSeconds: wanted.stopTimeout ?? defaultStopTimeout });
  }
  const down = task.payload.containers.every((wanted) => isDown(wanted.name));
  // The address belongs to someone else once the task is STOPPED, so the container that holds it goes before.
  const pause = task.containers[pauseName];
  const held = pause !== undefined && (busy.has(pauseName) || (pause.phase !== 'none' && pause.phase !== 'gone'));
  if (down && pause && held) {
    if (pause.retryStopAt !== undefined && pause.retryStopAt > now) waits.push(pause.retryStopAt);
    else steps.push({ kind: 'remove', target: pauseName });
  }
  return {
    steps: steps.filter((step) => !busy.has(step.target)),
    status: down && !held ? 'STOPPED' : task.ranAt === undefined ? 'PENDING' : 'RUNNING',
    stopping: true,
    ...(waits.length === 0 ? {} : { wakeAt: Math.min(...waits) }),
  };
}

function failing(task: TaskRecord, busy: Busy, now: Instant, failure: string): Plan {
  return { ...planStop({ ...task, failure }, busy, now, 30), failure, steps: [] };
}

function statusIn(task: TaskRecord, name: string, ending: boolean, busy: Busy): ContainerStatus {
  const seen = task.containers[name];
  return seen ? statusOf(task, seen, ending, busy) : 'STOPPED';
}

/** Docker wants what a container refers to in its creation to exist; running it need not be yet. */
function mayCreate(task: TaskRecord, wanted: PayloadContainer): boolean {
  const volumes = wanted.mountPoints.every((mount) => {
    const volume = task.payload.volumes.find((candidate) => candidate.name === mount.sourceVolume);
    return !volume || volume.host?.sourcePath || task.resources[`@volume ${volume.name}`];
  });
  const referred = [
    ...wanted.volumesFrom.map((from) => from.sourceContainer),
    ...wanted.links.map((link) => link.split(':')[0] ?? link),
    ...(pauseName in task.containers ? [pauseName] : []),
  ];
  // What the engine binds into the router has to be there, or it makes directories of those names.
  if (wanted.firelensConfiguration && !task.resources[firelensResource]) return false;
  return volumes && hasRouterAddress(task, wanted) && referred.every((name) => task.containers[name]?.id !== undefined);
}

/** On the engine's bridge a container whose output is routed is told the router's address, which it has when it runs. */
function hasRouterAddress(task: TaskRecord, wanted: PayloadContainer): boolean {
  if (!awaitsRouterAddress(task.payload, wanted.name)) return true;
  const router = firelensOf(task.payload)?.router.name ?? '';
  return task.containers[router]?.startedAt !== undefined;
}

function hasNetwork(task: TaskRecord): boolean {
  return task.payload.networkMode !== 'awsvpc' || task.resources['@network'] === true;
}

function mayStart(task: TaskRecord, name: string): boolean {
  const pause = task.containers[pauseName];
  // What an awsvpc task may reach and be reached by is in force before anything of it runs.
  const needed = ['@cgroup', '@network', '@storage', logResource(name)].filter((target) =>
    resourcesOf(task).includes(target),
  );
  return needed.every((target) => task.resources[target]) && (!pause || pause.phase === 'running');
}

/** The stream a container's output goes to; the awslogs driver makes it before the container starts. */
function logResource(name: string): string {
  return `@log ${name}`;
}
