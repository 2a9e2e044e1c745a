/** What the controller sees of a service at one moment: its tasks with their health, and where they stand. */
import type { Instant } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { capacityByInstance, usageOf } from './projections.ts';
import type { StoppableTask } from './rules/placement/scale-in.ts';
import { chooseToStop } from './rules/placement/scale-in.ts';
import { type ServiceTask, serviceTask } from './rules/deployment/service-task.ts';
import { limits } from './rules/limits.ts';
import { strategiesOf } from './service-launch.ts';
import type { RevisionSettings, ServiceRecord } from './service-tables.ts';
import { containerInstances, taskDefinitions, type TaskRecord, tasks } from './tables.ts';

/** All tasks of the service that are not STOPPED. */
export function tasksOfService(
  reader: Reader,
  service: ServiceRecord,
  healthyAfterMs: number,
  now: Instant,
): readonly ServiceTask[] {
  const checkedByDefinition = new Map<string, ReadonlySet<string>>();
  const checkedBy = (taskDefinitionArn: string): ReadonlySet<string> => {
    const known = checkedByDefinition.get(taskDefinitionArn);
    if (known) return known;
    const checked = checkedContainers(reader, taskDefinitionArn);
    checkedByDefinition.set(taskDefinitionArn, checked);
    return checked;
  };
  const gracePeriodMs = service.healthCheckGracePeriodSeconds * 1000;
  const found: ServiceTask[] = [];
  for (const task of reader.find(tasks, 'service', service.arn)) {
    const rules = { healthyAfterMs, gracePeriodMs, checkedContainers: checkedBy(task.taskDefinitionArn) };
    found.push(serviceTask(task, rules, isOnDraining(reader, task), now));
  }
  return found;
}

/** Names of the essential containers whose health the definition has checked. */
function checkedContainers(reader: Reader, taskDefinitionArn: string): ReadonlySet<string> {
  const definition = reader.get(taskDefinitions, taskDefinitionArn)?.definition;
  const checked = (definition?.containerDefinitions ?? []).filter(
    ({ essential = true, healthCheck }) => essential && healthCheck !== undefined,
  );
  return new Set(checked.map(({ name }) => name ?? ''));
}

export function isOnDraining(reader: Reader, { containerInstanceArn }: TaskRecord): boolean {
  if (containerInstanceArn === undefined) return false;
  return reader.get(containerInstances, containerInstanceArn)?.status === 'DRAINING';
}

/** Which of the tasks go first when some have to: `KeepUpState.chooseToStop` by the service's placement strategy. */
export function stopChooser(
  reader: Reader,
  service: ServiceRecord,
): (from: readonly ServiceTask[], count: number) => readonly ServiceTask[] {
  const strategies = strategiesOf(service);
  return (from, count) => {
    if (count <= 0) return [];
    if (count >= from.length) return from.filter((task) => !task.isProtected);
    const stoppable = from.map((task) => ({ task, ...stoppableTask(reader, task) }));
    return chooseToStop(stoppable, count, strategies).map(({ task }) => task);
  };
}

function stoppableTask(reader: Reader, task: ServiceTask): StoppableTask {
  const { arn, isProtected, isDraining, containerInstanceArn = '', availabilityZone } = task;
  const record = reader.get(tasks, arn);
  const capacity =
    record?.launchType === 'FARGATE' ? undefined : reader.projected(capacityByInstance).get(containerInstanceArn);
  const usage = usageOf(reader, containerInstanceArn);
  return {
    arn,
    isProtected,
    isHealthy: task.health === 'HEALTHY',
    isDraining,
    cpuUnits: record?.reservation.cpuUnits ?? 0,
    memoryMiB: record?.reservation.memoryMiB ?? 0,
    ...(availabilityZone !== undefined && { availabilityZone }),
    ...(capacity && {
      host: {
        arn: containerInstanceArn,
        attributes: capacity.attributes,
        freeCpuUnits: capacity.cpuUnits - usage.cpuUnits,
        freeMemoryMiB: capacity.memoryMiB - usage.memoryMiB,
      },
    }),
  };
}

/**
 * How many tasks of the service one step may write: as many as a transaction holds, fewer where its tasks are large.
 * They are alike but for their tags and overrides, so one stands for all; before there is one, its definition does.
 */
export function tasksPerStep(reader: Reader, service: ServiceRecord, settings?: RevisionSettings): number {
  const [sample] = reader.find(tasks, 'service', service.arn);
  const definition = reader.get(taskDefinitions, settings?.taskDefinitionArn ?? '');
  const estimate = JSON.stringify([service.tags, definition?.tags]).length + 2_000;
  const containers = 1_000 * (definition?.definition.containerDefinitions?.length ?? 1);
  const bytes = Math.max(sample ? JSON.stringify(sample).length : 0, estimate + containers);
  return Math.min(limits.tasksPerServiceStep, Math.max(1, Math.floor(limits.taskBytesPerServiceStep / bytes)));
}
