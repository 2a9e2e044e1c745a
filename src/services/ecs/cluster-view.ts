import type { Cluster, ClusterField, KeyValuePair } from '@aws-sdk/client-ecs';
import type { Answer } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { taskCountsByCluster } from './projections.ts';
import { type ServiceCounts, serviceCountsByCluster } from './service-projections.ts';
import { type ClusterRecord, containerInstances } from './tables.ts';

const none = { EC2: 0, FARGATE: 0, EXTERNAL: 0, MANAGED_INSTANCES: 0 };
const noServices: ServiceCounts = {
  ACTIVE: { EC2: 0, FARGATE: 0, EXTERNAL: 0 },
  DRAINING: { EC2: 0, FARGATE: 0, EXTERNAL: 0 },
};

/** A cluster as the API shows it; lists that were not asked for are there and empty, as AWS has it. */
export function showCluster(
  reader: Reader,
  cluster: ClusterRecord,
  include: readonly ClusterField[] = ['SETTINGS', 'TAGS', 'CONFIGURATIONS'],
): Answer<Cluster> {
  const { running, pending } = taskCounts(reader, cluster);
  const services = reader.projected(serviceCountsByCluster).get(cluster.arn) ?? noServices;
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: reader.count(containerInstances, 'cluster', cluster.arn),
    runningTasksCount: sum(running),
    pendingTasksCount: sum(pending),
    activeServicesCount: services.ACTIVE.EC2 + services.ACTIVE.FARGATE + services.ACTIVE.EXTERNAL,
    statistics: include.includes('STATISTICS') ? statistics(running, pending, services) : [],
    tags: include.includes('TAGS') ? cluster.tags : [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
    ...(include.includes('CONFIGURATIONS') && cluster.configuration ? { configuration: cluster.configuration } : {}),
    ...(cluster.serviceConnectDefaults ? { serviceConnectDefaults: cluster.serviceConnectDefaults } : {}),
  };
}

function taskCounts(reader: Reader, cluster: ClusterRecord) {
  return reader.projected(taskCountsByCluster).get(cluster.arn) ?? { running: none, pending: none };
}

type Counts = Readonly<Record<'EC2' | 'FARGATE' | 'EXTERNAL' | 'MANAGED_INSTANCES', number>>;

function statistics(running: Counts, pending: Counts, services: ServiceCounts): readonly KeyValuePair[] {
  const counts = {
    runningEC2TasksCount: running.EC2,
    runningFargateTasksCount: running.FARGATE,
    pendingEC2TasksCount: pending.EC2,
    pendingFargateTasksCount: pending.FARGATE,
    runningExternalTasksCount: running.EXTERNAL,
    pendingExternalTasksCount: pending.EXTERNAL,
    activeEC2ServiceCount: services.ACTIVE.EC2,
    activeFargateServiceCount: services.ACTIVE.FARGATE,
    drainingEC2ServiceCount: services.DRAINING.EC2,
    drainingFargateServiceCount: services.DRAINING.FARGATE,
    activeExternalServiceCount: services.ACTIVE.EXTERNAL,
    drainingExternalServiceCount: services.DRAINING.EXTERNAL,
  };
  return Object.entries(counts).map(([name, value]) => ({ name, value: String(value) }));
}

function sum(counts: Counts): number {
  return counts.EC2 + counts.FARGATE + counts.EXTERNAL + counts.MANAGED_INSTANCES;
}
