/** What the controller weighs when it chooses: which tasks of a service go first, and how many a step may touch. */
import type { Reader } from '../../store/store.ts';
import { capacityByInstance, usageOf } from './projections.ts';
import { type AlikeTasks, chooseToStop } from './rules/placement/scale-in.ts';
import { type Cohort, firstTasks, sizeOf } from './rules/deployment/cohort.ts';
import type { ServiceTask } from './rules/deployment/service-task.ts';
import { limits } from './rules/limits.ts';
import { strategiesOf } from './service-launch.ts';
import type { RevisionSettings, ServiceRecord } from './service-tables.ts';
import { taskDefinitions, type TaskRecord, tasks } from './tables.ts';

/** Which of the tasks go first when some have to: `KeepUpState.chooseToStop` by the service's placement strategy. */
export function stopChooser(
  reader: Reader,
  service: ServiceRecord,
): (from: readonly Cohort[], count: number) => readonly ServiceTask[] {
  const strategies = strategiesOf(service);
  return (from, count) => {
    if (count <= 0) return [];
    if (count < sizeOf(from)) return chooseToStop(alikeTasks(reader, from), count, strategies);
    const free = from.filter(({ isProtected }) => !isProtected);
    return firstTasks(free, count);
  };
}

/** Tasks of one deployment in one place are of one size: for thousands of tasks there are as many groups as instances. */
function* alikeTasks(reader: Reader, from: readonly Cohort[]): Generator<AlikeTasks<ServiceTask>> {
  for (const { places } of from) {
    for (const found of places) if (found[0]) yield { like: stoppableTask(reader, found[0]), tasks: found };
  }
}

function stoppableTask(reader: Reader, task: ServiceTask): AlikeTasks<ServiceTask>['like'] {
  const { arn, isProtected, isDraining, containerInstanceArn = '', availabilityZone } = task;
  const record = reader.get(tasks, arn);
  const capacity =
    record?.launchType === 'FARGATE' ? undefined : reader.projected(capacityByInstance).get(containerInstanceArn);
  const usage = usageOf(reader, containerInstanceArn);
  return {
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
  const bytes = Math.max(sample ? bytesOf(sample) : 0, estimate + containers);
  return Math.min(limits.tasksPerServiceStep, Math.max(1, Math.floor(limits.taskBytesPerServiceStep / bytes)));
}

/** Of a record as text; worked out once for each, as a service is looked at far more often than its first task changes. */
function bytesOf(task: TaskRecord): number {
  const known = sizes.get(task);
  if (known !== undefined) return known;
  const size = JSON.stringify(task).length;
  sizes.set(task, size);
  return size;
}

const sizes = new WeakMap<TaskRecord, number>();
