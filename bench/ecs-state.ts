/** The part of the state that placement reads, kept in step by the projections themselves, without a journal. */
import type { Reader } from '../src/store/store.ts';
import type { Projection } from '../src/store/table.ts';
import { instancesOfChangedTasks, placementIndex } from '../src/services/ecs/placement-index.ts';
import { capacityByInstance, usageByInstance } from '../src/services/ecs/projections.ts';
import type { ContainerInstanceRecord, TaskRecord } from '../src/services/ecs/tables.ts';

const region = 'us-east-1';
const accountId = '123456789012';

export interface EcsState {
  readonly reader: Reader;
  readonly instances: readonly ContainerInstanceRecord[];
  /** The task is new. */
  putTask(task: TaskRecord): void;
}

export function ecsState(instances: readonly ContainerInstanceRecord[]): EcsState {
  const byArn = new Map(instances.map((instance) => [instance.arn, instance]));
  const ofInstances: readonly Projection<ContainerInstanceRecord, never>[] = [
    capacityByInstance,
    placementIndex,
  ] as never;
  const ofTasks: readonly Projection<TaskRecord, never>[] = [usageByInstance, instancesOfChangedTasks] as never;
  const states = new Map<unknown, never>();
  for (const projection of [...ofInstances, ...ofTasks]) states.set(projection, projection.create());
  for (const instance of instances) {
    for (const projection of ofInstances) projection.apply(states.get(projection) as never, undefined, instance);
  }
  const reader: Pick<Reader, 'get' | 'projected'> = {
    get: (_table, key) => byArn.get(key) as never,
    projected: (projection) => states.get(projection) as never,
  };
  return {
    reader: reader as Reader,
    instances,
    putTask: (task) => {
      for (const projection of ofTasks) projection.apply(states.get(projection) as never, undefined, task);
    },
  };
}

export interface InstanceSize {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export function instanceRecord(clusterArn: string, number: number, size: InstanceSize): ContainerInstanceRecord {
  const id = number.toString(16).padStart(32, '0');
  return {
    accountId,
    region,
    arn: `arn:aws:ecs:${region}:${accountId}:container-instance/bench/${id}`,
    id,
    clusterArn,
    capacity: 'EC2',
    ec2InstanceId: `i-${id.slice(15)}`,
    status: 'ACTIVE',
    agentConnected: true,
    agentConnectedChangedAt: 0,
    versionInfo: { agentVersion: '1.80.0' },
    registeredResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: size.cpuUnits },
      { name: 'MEMORY', type: 'INTEGER', integerValue: size.memoryMiB },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
    ],
    attributes: Object.entries(size.attributes).map(([name, value]) => ({ name, value })),
    tags: [],
    registeredAt: 0,
    version: 1,
    reservedSequence: 0,
    registeredBy: `arn:aws:iam::${accountId}:root`,
  };
}

export function taskRecord(
  clusterArn: string,
  containerInstanceArn: string,
  number: number,
  of: { readonly cpuUnits: number; readonly memoryMiB: number; readonly group: string },
): TaskRecord {
  const id = number.toString(16).padStart(32, '0');
  return {
    accountId,
    region,
    arn: `arn:aws:ecs:${region}:${accountId}:task/bench/${id}`,
    id,
    clusterArn,
    clusterName: 'bench',
    taskDefinitionArn: `arn:aws:ecs:${region}:${accountId}:task-definition/web:1`,
    family: 'web',
    revision: 1,
    launchType: 'EC2',
    containerInstanceArn,
    group: of.group,
    overrides: {},
    enableExecuteCommand: false,
    placementConstraints: [],
    tags: [],
    attributes: [],
    reservation: {
      cpuUnits: of.cpuUnits,
      memoryMiB: of.memoryMiB,
      tcpPorts: [],
      udpPorts: [],
      networkInterfaces: 0,
      gpus: 0,
    },
    desiredStatus: 'RUNNING',
    lastStatus: 'PENDING',
    containers: [],
    healthStatus: 'UNKNOWN',
    createdAt: 0,
    version: 1,
  };
}
