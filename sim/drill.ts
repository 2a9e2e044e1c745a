import type { TaskRecord } from '../src/services/ecs/tables.ts';
import { areAllSteady } from './steady.ts';
import { cluster, type System } from './system.ts';
import type { Workload } from './workload.ts';

/**
 * After all has come to rest, one instance is drained: the tasks of services go elsewhere, within their bounds, where
 * there is room. Then it is taken back.
 */
export async function drill(system: System, workload: Workload): Promise<void> {
  const { clock } = system.clientWorld;
  const arn = busiestInstance(system);
  if (arn === undefined) return;
  await setStatus(workload, arn, 'DRAINING');
  const isOver = (): boolean =>
    tasksOn(system, arn).every(({ serviceArn }) => serviceArn === undefined) && areAllSteady(system);
  for (let waitedMs = 0; waitedMs < drainMs && !isOver(); waitedMs += lookEveryMs) await clock.sleep(lookEveryMs);
  const staying = tasksOn(system, arn);
  const isDaemon = (serviceArn = ''): boolean =>
    system.durable.services.get(serviceArn)?.schedulingStrategy === 'DAEMON';
  // Tasks that users run themselves stay, and daemons stay with whatever stays.
  const hasOthers = staying.some(({ serviceArn }) => !isDaemon(serviceArn));
  for (const task of staying) {
    if (task.serviceArn === undefined) continue;
    const service = system.durable.services.get(task.serviceArn);
    if (isDaemon(task.serviceArn) && hasOthers) continue;
    const primary = [...system.durable.deployments.all()].find(
      (each) => each.serviceArn === task.serviceArn && each.status === 'PRIMARY',
    );
    // No room elsewhere, or a deployment that failed for good and starts nothing more.
    if (service?.isUnplaced || primary?.rolloutState === 'FAILED') continue;
    system.fail('draining instances are left', `${task.arn} of ${task.group} stays on ${arn}, which drains`);
  }
  await setStatus(workload, arn, 'ACTIVE');
  await clock.sleep(restMs);
}

function tasksOn(system: System, instanceArn: string): readonly TaskRecord[] {
  return [...system.durable.liveTasks].filter(({ containerInstanceArn }) => containerInstanceArn === instanceArn);
}

function busiestInstance(system: System): string | undefined {
  const counts = new Map<string, number>();
  for (const { containerInstanceArn, serviceArn, launchType } of system.durable.liveTasks) {
    if (!containerInstanceArn || !serviceArn || launchType !== 'EC2') continue;
    counts.set(containerInstanceArn, (counts.get(containerInstanceArn) ?? 0) + 1);
  }
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}

async function setStatus(workload: Workload, arn: string, status: string): Promise<void> {
  await workload.client.call('UpdateContainerInstancesState', { cluster, containerInstances: [arn], status });
}

/** Long enough for slow starts, one after the other; over when the tasks of services have gone and run elsewhere. */
const drainMs = 480_000;
const lookEveryMs = 15_000;
/** Tasks come back for the balance of zones, round by round, and what they leave is cleaned up minutes later. */
const restMs = 360_000;
