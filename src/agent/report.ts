import { statusOf } from './plan.ts';
import { type ContainerRecord, pauseName, type TaskRecord, type Told } from './state.ts';

/** One SubmitTaskStateChange: its input without the cluster, and what is told once it is acknowledged. */
export interface Report {
  readonly input: Readonly<Record<string, unknown>>;
  readonly told: Told;
  /** Container changes of a running task may wait a moment for company; all else is told at once. */
  readonly urgent: boolean;
  /** An agent that forgot it would find the same on the engine and tell it again, so it may be told before it is durable. */
  readonly evident: boolean;
}

/**
 * What the control plane has to be told next about a task: what the record shows and it has not acknowledged. A queue
 * that cannot be lost, as it is the record itself. Order: the network interface, digests, RUNNING, then STOPPED.
 */
export function nextReport(task: TaskRecord): Report | undefined {
  const { told } = task;
  if (told.status === 'STOPPED') return undefined;
  const attachment = attachmentOf(task);
  if (attachment) return attachment;
  if (task.ranAt !== undefined && told.status !== 'RUNNING') return reportOf(task, 'RUNNING', true);
  if (task.stoppedAt !== undefined) return reportOf(task, 'STOPPED', true);
  if (told.status === 'NONE' && hasDigests(task)) return reportOf(task, 'PENDING', true);
  if (told.status !== 'NONE' && changed(task, told.status).length > 0) return reportOf(task, told.status, false);
  return undefined;
}

function reportOf(task: TaskRecord, status: 'PENDING' | 'RUNNING' | 'STOPPED', urgent: boolean): Report {
  const containers = changed(task, status);
  const reason = status === 'STOPPED' ? reasonOf(task) : undefined;
  return {
    urgent,
    evident: isEvident(task, status),
    input: {
      task: task.arn,
      status,
      ...(reason === undefined ? {} : { reason: reason.slice(0, reasonLimit) }),
      ...(containers.length === 0 ? {} : { containers: containers.map((container) => container.wire) }),
      ...(task.pullStartedAt === undefined ? {} : { pullStartedAt: new Date(task.pullStartedAt) }),
      ...(task.pullStoppedAt === undefined ? {} : { pullStoppedAt: new Date(task.pullStoppedAt) }),
      ...(task.executionStoppedAt === undefined || status !== 'STOPPED'
        ? {}
        : { executionStoppedAt: new Date(task.executionStoppedAt) }),
    },
    told: {
      ...task.told,
      status,
      containers: { ...task.told.containers, ...Object.fromEntries(containers.map((c) => [c.name, c.substance])) },
    },
  };
}

/**
 * That its containers run, or that it is over by their ends alone. Where one could not be had or is gone, and where it may
 * be started again, an agent that forgot it could decide otherwise.
 */
function isEvident(task: TaskRecord, status: Told['status']): boolean {
  if (status === 'PENDING' || task.failure !== undefined) return false;
  return task.payload.containers.every((wanted) => {
    const seen = task.containers[wanted.name];
    if (!seen || seen.error !== undefined || seen.phase === 'gone') return false;
    return status === 'RUNNING' ? seen.phase !== 'none' : !wanted.restartPolicy?.enabled;
  });
}

/** The interface is there when the container that holds it runs. */
function attachmentOf(task: TaskRecord): Report | undefined {
  const card = task.payload.elasticNetworkInterfaces?.[0];
  if (!card || task.told.attached || task.containers[pauseName]?.startedAt === undefined) return undefined;
  return {
    urgent: true,
    evident: false,
    input: { task: task.arn, attachments: [{ attachmentArn: card.attachmentArn, status: 'ATTACHED' }] },
    told: { ...task.told, attached: true },
  };
}

interface ContainerChange {
  readonly name: string;
  readonly wire: Readonly<Record<string, unknown>>;
  readonly substance: string;
}

function changed(task: TaskRecord, taskStatus: Told['status']): readonly ContainerChange[] {
  return task.payload.containers.flatMap((wanted) => {
    const seen = task.containers[wanted.name];
    // An essential container that is over was running when the task was, and its end is told with the task's.
    const asRunning = taskStatus === 'RUNNING' && wanted.essential && seen?.startedAt !== undefined;
    const wire = seen && wireOf(task, seen, asRunning);
    if (!wire) return [];
    const substance = JSON.stringify(wire);
    return task.told.containers[wanted.name] === substance ? [] : [{ name: wanted.name, wire, substance }];
  });
}

/** Nothing, as long as there is nothing of it to tell. */
function wireOf(
  task: TaskRecord,
  seen: ContainerRecord,
  asRunning: boolean,
): Readonly<Record<string, unknown>> | undefined {
  const known = asRunning ? 'RUNNING' : statusOf(task, seen, task.stoppedAt !== undefined, new Map());
  const status = known === 'RUNNING' || known === 'STOPPED' ? known : 'PENDING';
  if (status === 'PENDING' && seen.imageDigest === undefined) return undefined;
  return {
    containerName: seen.name,
    status,
    ...(seen.id === undefined ? {} : { runtimeId: seen.id }),
    ...(seen.imageDigest === undefined ? {} : { imageDigest: seen.imageDigest }),
    ...(status === 'STOPPED' && seen.exitCode !== undefined ? { exitCode: seen.exitCode } : {}),
    ...(status === 'STOPPED' && seen.error !== undefined ? { reason: seen.error.slice(0, reasonLimit) } : {}),
    ...(status === 'RUNNING' && seen.bindings.length > 0 ? { networkBindings: seen.bindings } : {}),
  };
}

/** Why the task could not start or go on; an essential container that simply ended needs no words of ours. */
function reasonOf(task: TaskRecord): string | undefined {
  if (task.failure !== undefined) return task.failure;
  if (task.ranAt !== undefined) return undefined;
  return task.payload.containers
    .map((wanted) => ({ essential: wanted.essential, seen: task.containers[wanted.name] }))
    .sort((a, b) => Number(b.essential) - Number(a.essential))
    .find(({ seen }) => seen?.error !== undefined)?.seen?.error;
}

function hasDigests(task: TaskRecord): boolean {
  const seen = task.payload.containers.map((wanted) => task.containers[wanted.name]);
  return (
    seen.every((container) => container?.hasImage) && seen.some((container) => container?.imageDigest !== undefined)
  );
}

/** AWS's limit of a reason. */
const reasonLimit = 1024;
