/** What the controller sees of a service at one moment: its tasks with their health, and where they stand. */
import type { Instant } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { capacityByInstance, usageOf } from './projections.ts';
import { type AlikeTasks, chooseToStop } from './rules/placement/scale-in.ts';
import { type HealthRules, type ServiceTask, serviceTask } from './rules/deployment/service-task.ts';
import { limits } from './rules/limits.ts';
import { strategiesOf } from './service-launch.ts';
import { drainingInstances } from './service-projections.ts';
import type { RevisionSettings, ServiceRecord } from './service-tables.ts';
import { taskDefinitions, type TaskRecord, tasks } from './tables.ts';

/** All tasks of the service that are not STOPPED. */
export function tasksOfService(
  reader: Reader,
  service: ServiceRecord,
  healthyAfterMs: number,
  now: Instant,
): readonly ServiceTask[] {
  const gracePeriodMs = service.healthCheckGracePeriodSeconds * 1000;
  const draining = [...reader.projected(drainingInstances).values()];
  const rulesOf = new Map<string, HealthRules>();
  const found: ServiceTask[] = [];
  for (const task of reader.find(tasks, 'service', service.arn)) {
    const { taskDefinitionArn, containerInstanceArn } = task;
    let rules = rulesOf.get(taskDefinitionArn);
    if (!rules) {
      rules = { healthyAfterMs, gracePeriodMs, checkedContainers: checkedContainers(reader, taskDefinitionArn) };
      rulesOf.set(taskDefinitionArn, rules);
    }
    const isDraining =
      containerInstanceArn !== undefined && draining.some((instances) => instances.has(containerInstanceArn));
    found.push(serviceTask(task, rules, isDraining, now));
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

/** Which of the tasks go first when some have to: `KeepUpState.chooseToStop` by the service's placement strategy. */
export function stopChooser(
  reader: Reader,
  service: ServiceRecord,
): (from: readonly ServiceTask[], count: number) => readonly ServiceTask[] {
  const strategies = strategiesOf(service);
  return (from, count) => {
    if (count <= 0) return [];
    if (count >= from.length) return from.filter((task) => !task.isProtected);
    return chooseToStop(alikeTasks(reader, from), count, strategies);
  };
}

/** Tasks of one deployment in one place are of one size: for thousands of tasks there are as many groups as instances. */
function* alikeTasks(reader: Reader, from: readonly ServiceTask[]): Generator<AlikeTasks<ServiceTask>> {
  const byDeployment = new Map<string, Map<string, ServiceTask[][]>>();
  for (const task of from) {
    const { deploymentId, containerInstanceArn = '', availabilityZone = '', isProtected, isDraining, health } = task;
    let places = byDeployment.get(deploymentId);
    if (!places) byDeployment.set(deploymentId, (places = new Map()));
    // Tasks of Fargate have an instance as well, and a zone that is not its own.
    let groups = places.get(containerInstanceArn);
    if (!groups) places.set(containerInstanceArn, (groups = []));
    const alike = groups.find(
      ([one]) =>
        one &&
        one.isProtected === isProtected &&
        one.isDraining === isDraining &&
        (one.health === 'HEALTHY') === (health === 'HEALTHY') &&
        (one.availabilityZone ?? '') === availabilityZone,
    );
    if (alike) alike.push(task);
    else groups.push([task]);
  }
  for (const places of byDeployment.values()) {
    for (const groups of places.values()) {
      for (const found of groups) if (found[0]) yield { like: stoppableTask(reader, found[0]), tasks: found };
    }
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
  const bytes = Math.max(sample ? sizeOf(sample) : 0, estimate + containers);
  return Math.min(limits.tasksPerServiceStep, Math.max(1, Math.floor(limits.taskBytesPerServiceStep / bytes)));
}

/** Of a record as text; worked out once for each, as a service is looked at far more often than its first task changes. */
function sizeOf(task: TaskRecord): number {
  const known = sizes.get(task);
  if (known !== undefined) return known;
  const size = JSON.stringify(task).length;
  sizes.set(task, size);
  return size;
}

const sizes = new WeakMap<TaskRecord, number>();
