/** What a container instance offers and what its tasks occupy, in the form in which placement compares the two. */
import type { Attribute, Resource } from '@aws-sdk/client-ecs';
import type { ContainerInstanceRecord, Kept, TaskRecord } from '../../tables.ts';

/** What an instance has registered. Reserved ports are those it keeps for itself. */
export interface InstanceCapacity {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Infinity where the instance names no limit: a host of one's own has no slots for network interfaces. */
  readonly networkInterfaces: number;
  readonly reservedTcpPorts: ReadonlySet<number>;
  readonly reservedUdpPorts: ReadonlySet<number>;
  /** Value by name; '' for a capability, which has only a name. */
  readonly attributes: ReadonlyMap<string, string>;
}

export function capacityOf(
  instance: Pick<ContainerInstanceRecord, 'registeredResources' | 'attributes'>,
): InstanceCapacity {
  const resource = (name: string): Kept<Resource> | undefined =>
    instance.registeredResources.find((candidate) => candidate.name === name);
  const ports = (name: string): ReadonlySet<number> => new Set((resource(name)?.stringSetValue ?? []).map(Number));
  return {
    cpuUnits: amount(resource('CPU')) ?? 0,
    memoryMiB: amount(resource('MEMORY')) ?? 0,
    gpus: resource('GPU')?.stringSetValue?.length ?? amount(resource('GPU')) ?? 0,
    networkInterfaces: amount(resource('ENI')) ?? Number.POSITIVE_INFINITY,
    reservedTcpPorts: ports('PORTS'),
    reservedUdpPorts: ports('PORTS_UDP'),
    attributes: attributeMap(instance.attributes),
  };
}

/** Sums over the tasks that still occupy an instance. */
export interface InstanceUsage {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly networkInterfaces: number;
  readonly tcpPorts: ReadonlySet<number>;
  readonly udpPorts: ReadonlySet<number>;
  /** Tasks with last status RUNNING, and tasks still on their way there. */
  readonly runningTasks: number;
  readonly pendingTasks: number;
  /** By `groupKey`, the tasks wanted RUNNING: what spread and distinctInstance count. */
  readonly tasksByGroup: ReadonlyMap<string, number>;
}

export const unused: InstanceUsage = {
  cpuUnits: 0,
  memoryMiB: 0,
  gpus: 0,
  networkInterfaces: 0,
  tcpPorts: new Set(),
  udpPorts: new Set(),
  runningTasks: 0,
  pendingTasks: 0,
  tasksByGroup: new Map(),
};

/** Groups are a cluster's own; an instance of the Fargate pool has tasks of several clusters. */
export function groupKey(task: Pick<TaskRecord, 'clusterArn' | 'group'>): string {
  return `${task.clusterArn}/${task.group}`;
}

function amount(resource: Kept<Resource> | undefined): number | undefined {
  if (!resource) return undefined;
  return resource.integerValue || resource.longValue || resource.doubleValue || 0;
}

function attributeMap(attributes: readonly Kept<Attribute>[]): ReadonlyMap<string, string> {
  return new Map(attributes.map(({ name, value }) => [name, value ?? '']));
}
