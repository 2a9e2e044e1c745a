import type { Reconciler } from '../../../control/reconciler.ts';
import { assert } from '../../../core/assert.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { createNetworkInterface, deleteNetworkInterface, findSubnet, takeReadyInterface } from '../../ec2/public.ts';
import {
  beginStopping,
  networkInterfaceGone,
  networkInterfaceReady,
  type StopCause,
  stopWithoutAgent,
} from '../rules/lifecycle.ts';
import { occupiedInstances } from '../projections.ts';
import { containerInstances, subnetUses, type TaskRecord, tasks } from '../tables.ts';

/**
 * The steps of a task that are the control plane's and not its agent's: giving it its network interface and taking it
 * back, and ending it where no agent will. One key is one task's ARN.
 */
export const assignments: Reconciler = {
  name: 'ecs.assignments',
  wakes: [
    { table: tasks, keys: (reader, arn) => (isDue(reader, reader.get(tasks, arn)) ? [arn] : []) },
    {
      table: containerInstances,
      keys: (reader, arn) => (lost(reader, arn) ? arnsOf(reader.find(tasks, 'occupying', arn)) : []),
    },
  ],
  all: dueTasks,
  reconcile: (tx, env, arn) => {
    const task = tx.get(tasks, arn);
    if (!task || !isDue(tx, task)) return undefined;
    tx.put(tasks, step(tx, env, task));
    return undefined;
  },
};

/** Found without a look at the tasks that run undisturbed, which is nearly all of them. */
function dueTasks(reader: Reader): readonly string[] {
  const isDueNow = (task: TaskRecord): boolean => isDue(reader, task);
  const ofLost = occupiedInstances(reader).flatMap((arn) =>
    lost(reader, arn) ? [...arnsOf(reader.find(tasks, 'occupying', arn), isDueNow)] : [],
  );
  return [...arnsOf(reader.find(tasks, 'ownStep', 'due'), isDueNow), ...ofLost];
}

/** The one next step. Its write wakes the key again, until nothing is due. */
function step(tx: Transaction, env: Env, task: TaskRecord): TaskRecord {
  if (task.lastStatus === 'DEPROVISIONING') return giveBackInterface(tx, env, task);
  const loss = lost(tx, task.containerInstanceArn);
  if (loss) return stopWithoutAgent(task, loss, env.now);
  if (task.lastStatus !== 'PROVISIONING') return beginStopping(task);
  if (task.desiredStatus === 'STOPPED') return stopWithoutAgent(task, stopCauseOf(task), env.now);
  return giveInterface(tx, env, task);
}

function isDue(reader: Reader, task: TaskRecord | undefined): boolean {
  if (!task || task.lastStatus === 'STOPPED') return false;
  if (task.lastStatus === 'PROVISIONING' || task.lastStatus === 'DEPROVISIONING') return true;
  return beginStopping(task) !== task || lost(reader, task.containerInstanceArn) !== undefined;
}

/** Why no agent will report from an instance any more, undefined while one may. */
function lost(reader: Reader, containerInstanceArn: string | undefined): StopCause | undefined {
  const instance = containerInstanceArn && reader.get(containerInstances, containerInstanceArn);
  if (!instance) return { stopCode: 'TerminationNotice', reason: 'The container instance of the task is gone.' };
  return instance.status === 'INACTIVE'
    ? { stopCode: 'ServiceSchedulerInitiated', reason: 'Container instance deregistration forced by user' }
    : undefined;
}

/** A task that is wanted STOPPED before its agent has had it: why, as whoever asked has left it. */
function stopCauseOf({ stopCode, stoppedReason }: TaskRecord): StopCause {
  assert(stopCode && stoppedReason !== undefined, 'a task that is wanted STOPPED says why');
  return { stopCode, reason: stoppedReason };
}

function giveInterface(tx: Transaction, env: Env, task: TaskRecord): TaskRecord {
  const { networkInterface } = task;
  assert(networkInterface, `task ${task.arn} is PROVISIONING for its network interface`);
  const { subnetId, securityGroupIds, attachmentId } = networkInterface;
  const failed = (error: string): TaskRecord =>
    stopWithoutAgent(
      task,
      {
        stopCode: 'TaskFailedToStart',
        reason: `Unexpected EC2 error while attempting to Create Network Interface in subnet '${subnetId}': ${error}`,
      },
      env.now,
    );
  if (!findSubnet(tx, task, subnetId)) return failed('InvalidSubnetID.NotFound');
  const wanted = {
    accountId: task.accountId,
    region: task.region,
    subnetId,
    securityGroupIds,
    description: `arn:aws:ecs:${task.region}:${task.accountId}:attachment/${attachmentId}`,
  };
  const made = readyInterfaceFor(tx, env, task, wanted) ?? createNetworkInterface(tx, env, wanted);
  if (!made) return failed('InsufficientFreeAddressesInSubnet');
  return networkInterfaceReady(task, { ...networkInterface, ...made, attachmentStatus: 'ATTACHING' });
}

/** One whose network the instance's agent may have made already. */
function readyInterfaceFor(
  tx: Transaction,
  env: Env,
  { containerInstanceArn }: TaskRecord,
  wanted: Omit<Parameters<typeof takeReadyInterface>[1], 'holder'>,
): ReturnType<typeof takeReadyInterface> {
  const instance = containerInstanceArn === undefined ? undefined : tx.get(containerInstances, containerInstanceArn);
  if (!instance?.readyInterfaces) return undefined;
  tx.put(subnetUses, { containerInstanceArn: instance.arn, subnetId: wanted.subnetId, usedAt: env.now });
  return takeReadyInterface(tx, { ...wanted, holder: instance.arn });
}

function giveBackInterface(tx: Transaction, env: Env, task: TaskRecord): TaskRecord {
  const networkInterfaceId = task.networkInterface?.networkInterfaceId;
  if (networkInterfaceId !== undefined) deleteNetworkInterface(tx, networkInterfaceId);
  return networkInterfaceGone(task, env.now);
}

function* arnsOf(found: Iterable<TaskRecord>, wanted: (task: TaskRecord) => boolean = () => true): Generator<string> {
  for (const task of found) if (wanted(task)) yield task.arn;
}
