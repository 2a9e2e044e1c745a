import type { StoredForm } from '../../store/table.ts';
import type { Reservation, TaskContainer, TaskRecord } from './tables.ts';

/**
 * A task as the journal keeps it: without what its ARN, its definition's and its group's usual name say, and without what
 * most tasks have alike. A third of the text, of which there may be a hundred thousand. What is equal in many tasks is
 * there once when they have been read.
 */
export const storedTask: StoredForm<TaskRecord> = { pack, reader };

interface PackedTask {
  /** `family:revision`. */
  readonly definition: string;
  /** What follows `container-instance/` in the ARN of its instance. */
  readonly instance?: string | undefined;
  readonly reservation: Partial<Reservation>;
  readonly containers: readonly PackedContainer[];
  /** What is not as most tasks have it. */
  readonly own: Pick<TaskRecord, 'lastStatus' | 'createdAt' | 'version'> & Partial<TaskRecord>;
}

type PackedContainer = Pick<TaskContainer, 'name' | 'image' | 'cpu' | 'lastStatus'> & Partial<TaskContainer>;

/** A task whose names are made otherwise than ours is kept as it is. */
function pack(task: TaskRecord): object {
  const { arn, id, clusterArn, clusterName, taskDefinitionArn, family, containerInstanceArn } = task;
  const owner = `arn:aws:ecs:${task.region}:${task.accountId}:`;
  const definition = `${family}:${task.revision}`;
  const instances = `${owner}container-instance/`;
  const isUsual =
    arn === `${owner}task/${clusterName}/${id}` &&
    id.length === idDigits &&
    clusterArn === `${owner}cluster/${clusterName}` &&
    taskDefinitionArn === `${owner}task-definition/${definition}` &&
    (containerInstanceArn === undefined || containerInstanceArn.startsWith(instances));
  if (!isUsual) return task;
  const own = {
    // The ARN, the definition and the instance say these.
    accountId: undefined,
    region: undefined,
    arn: undefined,
    id: undefined,
    clusterArn: undefined,
    clusterName: undefined,
    taskDefinitionArn: undefined,
    family: undefined,
    revision: undefined,
    containerInstanceArn: undefined,
    reservation: undefined,
    containers: undefined,
    launchType: other(task.launchType, usual.launchType),
    group: other(task.group, `family:${family}`),
    overrides: isEmpty(task.overrides) ? undefined : task.overrides,
    enableExecuteCommand: other(task.enableExecuteCommand, usual.enableExecuteCommand),
    placementConstraints: some(task.placementConstraints),
    tags: some(task.tags),
    attributes: some(task.attributes),
    desiredStatus: other(task.desiredStatus, usual.desiredStatus),
    healthStatus: other(task.healthStatus, usual.healthStatus),
    platformVersion: task.platformVersion,
    platformFamily: task.platformFamily,
    capacityProviderName: task.capacityProviderName,
    availabilityZone: task.availabilityZone,
    startedBy: task.startedBy,
    serviceArn: task.serviceArn,
    isFailureCounted: task.isFailureCounted,
    protectedUntil: task.protectedUntil,
    cpu: task.cpu,
    memory: task.memory,
    ephemeralStorageGiB: task.ephemeralStorageGiB,
    lastStatus: task.lastStatus,
    networkInterface: task.networkInterface,
    managedVolumes: task.managedVolumes,
    healthStatusAt: task.healthStatusAt,
    connectivity: task.connectivity,
    connectivityAt: task.connectivityAt,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    createdAt: task.createdAt,
    pullStartedAt: task.pullStartedAt,
    pullStoppedAt: task.pullStoppedAt,
    startedAt: task.startedAt,
    stoppingAt: task.stoppingAt,
    executionStoppedAt: task.executionStoppedAt,
    stoppedAt: task.stoppedAt,
    version: task.version,
  } satisfies { readonly [Name in keyof Required<TaskRecord>]: TaskRecord[Name] | undefined };
  return {
    definition,
    instance: containerInstanceArn?.slice(instances.length),
    reservation: packReservation(task.reservation),
    containers: task.containers.map(packContainer),
    own,
  };
}

function packReservation(reservation: Reservation): object {
  const { cpuUnits, memoryMiB, tcpPorts, udpPorts, networkInterfaces, gpus } = reservation;
  return {
    cpuUnits,
    memoryMiB,
    tcpPorts: some(tcpPorts),
    udpPorts: some(udpPorts),
    networkInterfaces: other(networkInterfaces, 0),
    gpus: other(gpus, 0),
  } satisfies { readonly [Name in keyof Reservation]: Reservation[Name] | undefined };
}

function packContainer(container: TaskContainer): object {
  return {
    name: container.name,
    image: container.image,
    arn: container.arn,
    pinnedDigest: container.pinnedDigest,
    essential: other(container.essential, usualContainer.essential),
    cpu: container.cpu,
    memory: container.memory,
    memoryReservation: container.memoryReservation,
    lastStatus: container.lastStatus,
    runtimeId: container.runtimeId,
    imageDigest: container.imageDigest,
    exitCode: container.exitCode,
    reason: container.reason,
    healthStatus: other(container.healthStatus, usualContainer.healthStatus),
    networkBindings: some(container.networkBindings),
    gpuIds: container.gpuIds,
  } satisfies { readonly [Name in keyof Required<TaskContainer>]: TaskContainer[Name] | undefined };
}

function reader(): (key: string, stored: object) => TaskRecord {
  const texts = new Map<string, string>();
  const values = new Map<string, object>();
  const homes = new Map<string, Home>();
  const definitions = new Map<string, Definition>();
  const text = (given: string): string => {
    const known = texts.get(given);
    if (known !== undefined) return known;
    texts.set(given, given);
    return given;
  };
  const value = <Value extends object>(given: Value): Value => {
    const json = JSON.stringify(given);
    const known = values.get(json);
    if (known) return known as Value; // equal text, equal value
    values.set(json, given);
    return given;
  };
  const container = (packed: PackedContainer): TaskContainer => {
    const { memory, imageDigest } = packed;
    return {
      ...usualContainer,
      ...packed,
      name: text(packed.name),
      image: text(packed.image),
      cpu: text(packed.cpu),
      ...(memory !== undefined && { memory: text(memory) }),
      ...(imageDigest !== undefined && { imageDigest: text(imageDigest) }),
    };
  };
  return (key, stored) => {
    if ('arn' in stored) return stored as TaskRecord; // kept as it is
    const packed = stored as PackedTask; // what pack() made
    const { own } = packed;
    const homeText = key.slice(0, -idDigits);
    let home = homes.get(homeText);
    if (!home) homes.set(homeText, (home = homeOf(homeText)));
    const definitionText = home.owner + packed.definition;
    let definition = definitions.get(definitionText);
    if (!definition) definitions.set(definitionText, (definition = definitionOf(home, packed.definition)));
    return {
      ...home.task,
      arn: key,
      id: key.slice(-idDigits), // a part of the ARN's own text, which takes no room of its own
      ...definition,
      ...(packed.instance !== undefined && {
        containerInstanceArn: text(`${home.owner}container-instance/${packed.instance}`),
      }),
      ...usual,
      reservation: value({ ...usualReservation, ...packed.reservation }),
      containers: packed.containers.map(container),
      ...own,
      ...(own.group !== undefined && { group: text(own.group) }),
      ...(own.startedBy !== undefined && { startedBy: text(own.startedBy) }),
      ...(own.serviceArn !== undefined && { serviceArn: text(own.serviceArn) }),
      ...(own.availabilityZone !== undefined && { availabilityZone: text(own.availabilityZone) }),
      ...(own.attributes && { attributes: value(own.attributes) }),
      ...(own.overrides && { overrides: value(own.overrides) }),
      ...(own.placementConstraints && { placementConstraints: value(own.placementConstraints) }),
      ...(own.tags && { tags: value(own.tags) }),
    };
  };
}

const idDigits = 32;

/** What tasks of one cluster have alike. */
interface Home {
  readonly owner: string;
  readonly task: Pick<TaskRecord, 'accountId' | 'region' | 'clusterArn' | 'clusterName'>;
}

/** Of `arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/`. */
function homeOf(text: string): Home {
  const [, , , region = '', accountId = '', resource = ''] = text.split(':');
  const clusterName = resource.slice('task/'.length, -1);
  const owner = `arn:aws:ecs:${region}:${accountId}:`;
  return { owner, task: { accountId, region, clusterArn: `${owner}cluster/${clusterName}`, clusterName } };
}

type Definition = Pick<TaskRecord, 'taskDefinitionArn' | 'family' | 'revision' | 'group'>;

function definitionOf({ owner }: Home, text: string): Definition {
  const mark = text.lastIndexOf(':');
  const family = text.slice(0, mark);
  return {
    taskDefinitionArn: `${owner}task-definition/${text}`,
    family,
    revision: Number(text.slice(mark + 1)),
    group: `family:${family}`,
  };
}

const nothing: readonly never[] = [];

const usual = {
  launchType: 'EC2',
  overrides: {},
  enableExecuteCommand: false,
  placementConstraints: nothing,
  tags: nothing,
  attributes: nothing,
  desiredStatus: 'RUNNING',
  healthStatus: 'UNKNOWN',
} as const;

const usualReservation = {
  tcpPorts: nothing,
  udpPorts: nothing,
  networkInterfaces: 0,
  gpus: 0,
  cpuUnits: 0,
  memoryMiB: 0,
};

const usualContainer = { essential: true, healthStatus: 'UNKNOWN', networkBindings: nothing } as const;

function other<Value>(value: Value, usually: Value): Value | undefined {
  return value === usually ? undefined : value;
}

function some<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}
