import type { Deployment, Service, ServiceCurrentRevisionSummary, ServiceField, TaskSet } from '@aws-sdk/client-ecs';
import type { Answer } from '../../aws/operation.ts';
import { toDate } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { showCapacity, showDeployment } from './rules/service-view.ts';
import { taskCountsOf } from './service-projections.ts';
import {
  type DeploymentRecord,
  deployments,
  type ServiceRecord,
  serviceDeployments,
  serviceEvents,
  serviceRevisions,
  type ShownCounts,
  type TaskSetRecord,
  taskSets,
} from './service-tables.ts';

/** A service as the API shows it. Tags are shown by whoever made it, and by others only when they are asked for. */
export function showService(
  reader: Reader,
  service: ServiceRecord,
  include: readonly ServiceField[] = ['TAGS'],
): Answer<Service> {
  const { settings, deploymentController } = service;
  const { running, pending } = taskCountsOf(reader, service.arn);
  const isController = deploymentController === 'ECS';
  const shown = isController ? shownDeployments(reader, service) : [];
  const current = isController ? currentDeploymentArn(reader, service, shown) : undefined;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    loadBalancers: settings?.loadBalancers ?? [],
    serviceRegistries: settings?.serviceRegistries ?? [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: running,
    pendingCount: pending,
    ...(settings && showCapacity(settings, { resolved: false })),
    ...(settings && { taskDefinition: settings.taskDefinitionArn }),
    deploymentConfiguration: service.deploymentConfiguration,
    ...(isController ? {} : { taskSets: taskSetsOf(reader, service) }),
    deployments: shown.flatMap((deployment) => shownDeployment(reader, deployment)),
    ...(service.roleArn !== undefined && { roleArn: service.roleArn }),
    events: eventsOf(reader, service),
    createdAt: toDate(service.createdAt),
    ...(current !== undefined && { currentServiceDeployment: current }),
    ...(isController && { currentServiceRevisions: currentRevisions(reader, shown) }),
    placementConstraints: service.placementConstraints,
    placementStrategy: service.placementStrategy,
    ...(settings?.networkConfiguration && { networkConfiguration: settings.networkConfiguration }),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: { type: deploymentController },
    tags: include.includes('TAGS') ? service.tags : [],
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    resourceManagementType: 'CUSTOMER',
  };
}

/** A task set as the API shows it. */
export function showTaskSet(
  reader: Reader,
  service: Pick<ServiceRecord, 'desiredCount'>,
  taskSet: TaskSetRecord,
  show: { readonly tags: boolean },
): Answer<TaskSet> {
  const { running, pending } = taskCountsOf(reader, taskSet.id);
  const { settings, externalId, startedBy } = taskSet;
  return {
    id: taskSet.id,
    taskSetArn: taskSet.arn,
    serviceArn: taskSet.serviceArn,
    clusterArn: taskSet.clusterArn,
    ...(startedBy !== undefined && { startedBy }),
    ...(externalId !== undefined && { externalId }),
    status: taskSet.status,
    taskDefinition: settings.taskDefinitionArn,
    computedDesiredCount: computedDesiredCount(service, taskSet),
    pendingCount: pending,
    runningCount: running,
    createdAt: toDate(taskSet.createdAt),
    updatedAt: toDate(taskSet.updatedAt),
    ...showCapacity(settings),
    ...(settings.networkConfiguration && { networkConfiguration: settings.networkConfiguration }),
    loadBalancers: settings.loadBalancers,
    serviceRegistries: settings.serviceRegistries,
    scale: taskSet.scale,
    stabilityStatus: taskSet.stabilityStatus,
    stabilityStatusAt: toDate(taskSet.stabilityStatusAt),
    tags: show.tags ? taskSet.tags : [],
  };
}

/** How many tasks a task set is to have: its share of the service's, rounded up. */
export function computedDesiredCount(
  { desiredCount }: Pick<ServiceRecord, 'desiredCount'>,
  { scale, status }: Pick<TaskSetRecord, 'scale' | 'status'>,
): number {
  // In this order: 0.07 × 100 is a little more than 7 in binary, and rounding up would make it 8.
  return status === 'DRAINING' ? 0 : Math.ceil((desiredCount * (scale.value ?? 0)) / 100);
}

/** PRIMARY first, the others newest first. */
export function shownDeployments(reader: Reader, service: Pick<ServiceRecord, 'arn'>): readonly DeploymentRecord[] {
  const order = ({ status, createdAt }: DeploymentRecord): number => (status === 'PRIMARY' ? -Infinity : -createdAt);
  return [...reader.find(deployments, 'service', service.arn)].sort((a, b) => order(a) - order(b));
}

/** The tasks of one revision, over all deployments that carry it (one that came, and one that went back to it). */
export function countsOfRevision(reader: Reader, serviceArn: string, revisionArn: string): ShownCounts {
  let desired = 0;
  let running = 0;
  let pending = 0;
  for (const deployment of reader.find(deployments, 'service', serviceArn)) {
    if (deployment.revisionArn !== revisionArn) continue;
    const counts = countsOfDeployment(reader, deployment);
    desired += counts.desired;
    running += counts.running;
    pending += counts.pending;
  }
  return { desired, running, pending };
}

function countsOfDeployment(reader: Reader, deployment: DeploymentRecord): ShownCounts {
  const { running, pending } = taskCountsOf(reader, deployment.id);
  return { desired: deployment.desiredCount, running, pending };
}

/** The one under way, and without one the last that left the service where it is. */
function currentDeploymentArn(
  reader: Reader,
  service: ServiceRecord,
  shown: readonly DeploymentRecord[],
): string | undefined {
  const [open] = reader.find(serviceDeployments, 'open', service.arn);
  return open?.arn ?? shown.find(({ status }) => status === 'PRIMARY')?.serviceDeploymentArn;
}

function shownDeployment(reader: Reader, deployment: DeploymentRecord): readonly Answer<Deployment>[] {
  const settings = reader.get(serviceRevisions, deployment.revisionArn)?.settings;
  return settings ? [showDeployment(deployment, settings, countsOfDeployment(reader, deployment))] : [];
}

function currentRevisions(
  reader: Reader,
  shown: readonly DeploymentRecord[],
): readonly Answer<ServiceCurrentRevisionSummary>[] {
  const byRevision = new Map(shown.map(({ revisionArn, serviceArn }) => [revisionArn, serviceArn]));
  return Array.from(byRevision, ([arn, serviceArn]) => {
    const { desired, running, pending } = countsOfRevision(reader, serviceArn, arn);
    return { arn, requestedTaskCount: desired, runningTaskCount: running, pendingTaskCount: pending };
  });
}

function taskSetsOf(reader: Reader, service: ServiceRecord): readonly Answer<TaskSet>[] {
  return Array.from(reader.find(taskSets, 'service', service.arn), (taskSet) =>
    showTaskSet(reader, service, taskSet, { tags: false }),
  );
}

/** Newest first; those of a deleted service of the same name are not this one's. */
function eventsOf(reader: Reader, service: ServiceRecord) {
  return [...reader.find(serviceEvents, 'service', service.arn)]
    .filter(({ createdAt }) => createdAt >= service.createdAt)
    .reverse()
    .map(({ id, createdAt, message }) => ({ id, createdAt: toDate(createdAt), message }));
}
