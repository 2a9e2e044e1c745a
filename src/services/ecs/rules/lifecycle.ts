/**
 * How a task moves, and nothing else moves it: reports of its agent, a wish that it stop, an end without an agent.
 * Statuses only go forward, whatever arrives and in whatever order; the same report twice changes nothing.
 */
import type { TaskStopCode } from '@aws-sdk/client-ecs';
import { assert } from '../../../core/assert.ts';
import { equal } from '../../../core/equal.ts';
import type { Instant } from '../../../core/instant.ts';
import {
  type ContainerStatus,
  type NetworkBindingRecord,
  type TaskContainer,
  type TaskNetworkInterface,
  type TaskRecord,
  type TaskStatus,
  taskStatuses,
} from '../tables.ts';
import { withVolumes } from './managed-volumes.ts';

/** What an agent says of one task: SubmitTaskStateChange after parsing. An agent knows no more than three statuses. */
export interface TaskReport {
  readonly status: ContainerStatus;
  readonly reason?: string;
  readonly containers: readonly ContainerReport[];
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
  readonly executionStoppedAt?: Instant;
}

export interface ContainerReport {
  readonly name: string;
  readonly status: ContainerStatus;
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBindingRecord[];
}

export interface StopCause {
  readonly stopCode: TaskStopCode;
  readonly reason: string;
}

/** The text AWS gives when an essential container ended after the task was running. */
export const essentialContainerExited = 'Essential container in task exited';

/**
 * The task after its agent's report. A task that its agent was never given (PROVISIONING) or has finished with
 * (DEPROVISIONING, STOPPED) stays as it is: what comes then is a repetition or a mistake.
 */
export function applyTaskReport(task: TaskRecord, report: TaskReport, now: Instant): TaskRecord {
  if (!isWithAgent(task)) return task;
  // The first report that has a time sets it.
  const pullStartedAt = task.pullStartedAt ?? report.pullStartedAt;
  const pullStoppedAt = task.pullStoppedAt ?? report.pullStoppedAt;
  const executionStoppedAt = task.executionStoppedAt ?? report.executionStoppedAt;
  const seen: TaskRecord = {
    ...task,
    containers: applyContainerReports(task.containers, report.containers),
    connectivity: 'CONNECTED',
    connectivityAt: task.connectivity === 'CONNECTED' ? (task.connectivityAt ?? now) : now,
    ...(pullStartedAt !== undefined && { pullStartedAt }),
    ...(pullStoppedAt !== undefined && { pullStoppedAt }),
    ...(executionStoppedAt !== undefined && { executionStoppedAt }),
  };
  if (report.status === 'STOPPED') return changed(task, end(seen, causeOf(seen, report), now));
  if (report.status === 'RUNNING' && isBefore(seen, 'RUNNING')) {
    return changed(task, { ...advance(attached(seen), 'RUNNING'), ...withVolumes(seen, 'running'), startedAt: now });
  }
  return changed(task, seen);
}

/** Containers reported apart from their task (SubmitContainerStateChange, which newer agents no longer send). */
export function applyContainerReport(task: TaskRecord, report: ContainerReport): TaskRecord {
  if (!isWithAgent(task)) return task;
  return changed(task, { ...task, containers: applyContainerReports(task.containers, [report]) });
}

/** Container health, which comes over the telemetry session and not with the task's state. */
export function applyHealthReport(
  task: TaskRecord,
  containers: readonly { readonly name: string; readonly healthStatus: TaskContainer['healthStatus'] }[],
  now: Instant,
): TaskRecord {
  if (!isWithAgent(task)) return task;
  const health = new Map(containers.map(({ name, healthStatus }) => [name, healthStatus]));
  const next = task.containers.map((container) => ({
    ...container,
    healthStatus: health.get(container.name) ?? container.healthStatus,
  }));
  if (equal(next, task.containers)) return task;
  return changed(task, { ...task, containers: next, healthStatus: healthOf(next), healthStatusAt: now });
}

/**
 * A task is UNHEALTHY when an essential container is, else UNKNOWN when one of them is unknown (one without a health
 * check always is), else HEALTHY.
 */
export function healthOf(
  containers: readonly Pick<TaskContainer, 'essential' | 'healthStatus'>[],
): TaskRecord['healthStatus'] {
  const essential = containers.filter((container) => container.essential).map((container) => container.healthStatus);
  if (essential.includes('UNHEALTHY')) return 'UNHEALTHY';
  return essential.length === 0 || essential.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
}

/** Whether the agent of its instance can be reached. It says nothing about the task itself. */
export function applyConnectivity(
  task: TaskRecord,
  connectivity: 'CONNECTED' | 'DISCONNECTED',
  now: Instant,
): TaskRecord {
  if (!isWithAgent(task) || task.connectivity === connectivity) return task;
  return changed(task, { ...task, connectivity, connectivityAt: now });
}

/** From now on the task is wanted STOPPED. Whoever asked first keeps the stop code and the reason. */
export function requestStop(task: TaskRecord, cause: StopCause, now: Instant): TaskRecord {
  if (task.desiredStatus === 'STOPPED') return task;
  return changed(task, {
    ...task,
    desiredStatus: 'STOPPED',
    stopCode: cause.stopCode,
    stoppedReason: cause.reason,
    stoppingAt: now,
  });
}

/** The running task that is wanted STOPPED shows that its agent has been asked. */
export function beginStopping(task: TaskRecord): TaskRecord {
  return task.desiredStatus === 'STOPPED' && task.lastStatus === 'RUNNING'
    ? changed(task, advance(task, 'STOPPING'))
    : task;
}

/** Ends a task that no agent will report on: it never reached one, or its instance is gone. */
export function stopWithoutAgent(task: TaskRecord, cause: StopCause, now: Instant): TaskRecord {
  if (!isBefore(task, 'DEPROVISIONING')) return task;
  return changed(task, end(task, cause, now));
}

/** The network interface of a PROVISIONING task is there: its agent may have it now. */
export function networkInterfaceReady(task: TaskRecord, networkInterface: TaskNetworkInterface): TaskRecord {
  assert(task.lastStatus === 'PROVISIONING', `an interface is made for a PROVISIONING task, not ${task.lastStatus}`);
  return changed(task, { ...advance(task, 'PENDING'), networkInterface });
}

/** The network interface of a DEPROVISIONING task is gone: nothing of the task is left. */
export function networkInterfaceGone(task: TaskRecord, now: Instant): TaskRecord {
  assert(task.lastStatus === 'DEPROVISIONING', `an interface goes from a DEPROVISIONING task, not ${task.lastStatus}`);
  return changed(task, {
    ...advance(task, 'STOPPED'),
    ...(task.networkInterface ? { networkInterface: { ...task.networkInterface, attachmentStatus: 'DELETED' } } : {}),
    stoppedAt: now,
  });
}

/** Sets lastStatus. Going back would be our bug, so it is asserted here, where every status is written. */
export function advance(task: TaskRecord, to: TaskStatus): TaskRecord {
  assert(
    taskStatuses.indexOf(to) >= taskStatuses.indexOf(task.lastStatus),
    `task status goes forward, not from ${task.lastStatus} to ${to}`,
  );
  return { ...task, lastStatus: to };
}

export function isBefore(task: TaskRecord, status: TaskStatus): boolean {
  return taskStatuses.indexOf(task.lastStatus) < taskStatuses.indexOf(status);
}

/** Whether the agent of its instance has the task, or is about to get it. */
export function isWithAgent(task: TaskRecord): boolean {
  return task.lastStatus !== 'PROVISIONING' && isBefore(task, 'DEPROVISIONING');
}

/** The work of the agent is over; a network interface still has to go. */
function end(task: TaskRecord, cause: StopCause, now: Instant): TaskRecord {
  const ended: TaskRecord = {
    ...requestStop(task, cause, now),
    version: task.version,
    containers: task.containers.map((container) => ({ ...container, lastStatus: 'STOPPED' })),
    ...(task.startedAt !== undefined && task.executionStoppedAt === undefined ? { executionStoppedAt: now } : {}),
    ...withVolumes(task, 'ended'),
  };
  const { networkInterface } = ended;
  if (!networkInterface) return { ...advance(ended, 'STOPPED'), stoppedAt: now };
  return {
    ...advance(ended, 'DEPROVISIONING'),
    networkInterface: { ...networkInterface, attachmentStatus: 'DETACHING' },
  };
}

/** A running task has its network interface, whether or not its agent says so in a report of its own. */
function attached(task: TaskRecord): TaskRecord {
  const { networkInterface } = task;
  if (networkInterface?.attachmentStatus !== 'ATTACHING') return task;
  return { ...task, networkInterface: { ...networkInterface, attachmentStatus: 'ATTACHED' } };
}

/** Why a task stopped that nobody asked to stop. */
function causeOf(task: TaskRecord, report: TaskReport): StopCause {
  if (task.startedAt !== undefined) return { stopCode: 'EssentialContainerExited', reason: essentialContainerExited };
  const reasons = task.containers.toSorted((a, b) => Number(b.essential) - Number(a.essential));
  const reason = report.reason || reasons.find((container) => container.reason)?.reason;
  if (reason) return { stopCode: 'TaskFailedToStart', reason };
  // A container that ran for less time than a report takes: the task went from PENDING to STOPPED in one.
  const exited = task.containers.some((container) => container.essential && container.exitCode !== undefined);
  return exited
    ? { stopCode: 'EssentialContainerExited', reason: essentialContainerExited }
    : { stopCode: 'TaskFailedToStart', reason: 'Task failed to start' };
}

const containerStatuses: readonly ContainerStatus[] = ['PENDING', 'RUNNING', 'STOPPED'];

function applyContainerReports(
  containers: readonly TaskContainer[],
  reports: readonly ContainerReport[],
): readonly TaskContainer[] {
  if (reports.length === 0) return containers;
  const byName = new Map(reports.map((report) => [report.name, report]));
  return containers.map((container) => {
    const report = byName.get(container.name);
    if (!report || container.lastStatus === 'STOPPED') return container;
    const forward = containerStatuses.indexOf(report.status) > containerStatuses.indexOf(container.lastStatus);
    const runtimeId = container.runtimeId ?? report.runtimeId;
    const imageDigest = container.imageDigest ?? report.imageDigest;
    const exitCode = container.exitCode ?? report.exitCode;
    const reason = container.reason ?? report.reason;
    return {
      ...container,
      lastStatus: forward ? report.status : container.lastStatus,
      ...(runtimeId !== undefined && { runtimeId }),
      ...(imageDigest !== undefined && { imageDigest }),
      ...(exitCode !== undefined && { exitCode }),
      ...(reason !== undefined && { reason }),
      networkBindings: report.networkBindings?.length ? report.networkBindings : container.networkBindings,
    };
  });
}

/** Counts the change, where there is one: `version` tells whether anything that can be seen has moved. */
function changed(before: TaskRecord, after: TaskRecord): TaskRecord {
  return equal(before, after) ? before : { ...after, version: before.version + 1 };
}
