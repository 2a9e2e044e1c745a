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
  let home: Home | undefined;
  let lastReservation: Reservation | undefined;
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
  const reservation = (packed: Partial<Reservation>): Reservation => {
    const { cpuUnits = 0, memoryMiB = 0, tcpPorts, udpPorts, networkInterfaces = 0, gpus = 0 } = packed;
    const last = lastReservation;
    if (
      last?.cpuUnits === cpuUnits &&
      last.memoryMiB === memoryMiB &&
      last.tcpPorts === (tcpPorts ?? nothing) &&
      last.udpPorts === (udpPorts ?? nothing) &&
      last.networkInterfaces === networkInterfaces &&
      last.gpus === gpus
    ) {
      return last;
    }
    return (lastReservation = value({
      cpuUnits,
      memoryMiB,
      tcpPorts: tcpPorts ?? nothing,
      udpPorts: udpPorts ?? nothing,
      networkInterfaces,
      gpus,
    }));
  };
  const container = (packed: PackedContainer): TaskContainer => {
    const read: Writable<TaskContainer> = {
      name: text(packed.name),
      image: text(packed.image),
      essential: packed.essential ?? usualContainer.essential,
      cpu: text(packed.cpu),
      lastStatus: packed.lastStatus,
      healthStatus: packed.healthStatus ?? usualContainer.healthStatus,
      networkBindings: packed.networkBindings ?? usualContainer.networkBindings,
    };
    if (packed.memory !== undefined) read.memory = text(packed.memory);
    if (packed.runtimeId !== undefined) read.runtimeId = packed.runtimeId;
    if (packed.arn !== undefined) read.arn = packed.arn;
    if (packed.pinnedDigest !== undefined) read.pinnedDigest = text(packed.pinnedDigest);
    if (packed.memoryReservation !== undefined) read.memoryReservation = text(packed.memoryReservation);
    if (packed.imageDigest !== undefined) read.imageDigest = text(packed.imageDigest);
    if (packed.exitCode !== undefined) read.exitCode = packed.exitCode;
    if (packed.reason !== undefined) read.reason = packed.reason;
    if (packed.gpuIds !== undefined) read.gpuIds = packed.gpuIds;
    return read;
  };
  return (key, stored) => {
    if ('arn' in stored) return stored as TaskRecord; // kept as it is
    const packed = stored as PackedTask; // what pack() made
    const { own, instance } = packed;
    const homeText = key.slice(0, -idDigits);
    if (homeText !== home?.text) {
      home = homes.get(homeText);
      if (!home) homes.set(homeText, (home = homeOf(homeText)));
    }
    let definition = home.definitions.get(packed.definition);
    if (!definition) home.definitions.set(packed.definition, (definition = definitionOf(home, packed.definition)));
    // One literal with what every task has, in one order, and then what most have: records of one shape take the least
    // room and are the quickest to make, to read and to index.
    const task: Writable<TaskRecord> = {
      accountId: home.accountId,
      region: home.region,
      arn: key,
      id: key.slice(-idDigits), // a part of the ARN's own text, which takes no room of its own
      clusterArn: home.clusterArn,
      clusterName: home.clusterName,
      taskDefinitionArn: definition.taskDefinitionArn,
      family: definition.family,
      revision: definition.revision,
      launchType: own.launchType ?? usual.launchType,
      group: own.group === undefined ? definition.group : text(own.group),
      overrides: own.overrides ? value(own.overrides) : usual.overrides,
      enableExecuteCommand: own.enableExecuteCommand ?? usual.enableExecuteCommand,
      placementConstraints: own.placementConstraints ? value(own.placementConstraints) : usual.placementConstraints,
      tags: own.tags ? value(own.tags) : usual.tags,
      attributes: own.attributes ? value(own.attributes) : usual.attributes,
      reservation: reservation(packed.reservation),
      desiredStatus: own.desiredStatus ?? usual.desiredStatus,
      lastStatus: own.lastStatus,
      containers: packed.containers.map(container),
      healthStatus: own.healthStatus ?? usual.healthStatus,
      createdAt: own.createdAt,
      version: own.version,
    };
    if (instance !== undefined) {
      let arn = home.instances.get(instance);
      if (!arn) home.instances.set(instance, (arn = `${home.owner}container-instance/${instance}`));
      task.containerInstanceArn = arn;
    }
    if (own.availabilityZone !== undefined) task.availabilityZone = text(own.availabilityZone);
    if (own.startedBy !== undefined) task.startedBy = text(own.startedBy);
    if (own.serviceArn !== undefined) task.serviceArn = text(own.serviceArn);
    if (own.connectivity !== undefined) task.connectivity = own.connectivity;
    if (own.connectivityAt !== undefined) task.connectivityAt = own.connectivityAt;
    if (own.startedAt !== undefined) task.startedAt = own.startedAt;
    for (const name in own) if (isRare(name)) copyMember(task, own, name);
    return task;
  };
}

const idDigits = 32;

type Writable<Record> = { -readonly [Name in keyof Record]: Record[Name] };

type Optional = { [Name in keyof TaskRecord]-?: undefined extends TaskRecord[Name] ? Name : never }[keyof TaskRecord];

/** The members that few tasks have: each that a task may have and that is not read above, or it would be forgotten. */
const rareMembers = {
  platformVersion: true,
  platformFamily: true,
  capacityProviderName: true,
  isFailureCounted: true,
  protectedUntil: true,
  cpu: true,
  memory: true,
  ephemeralStorageGiB: true,
  networkInterface: true,
  managedVolumes: true,
  healthStatusAt: true,
  stopCode: true,
  stoppedReason: true,
  pullStartedAt: true,
  pullStoppedAt: true,
  stoppingAt: true,
  executionStoppedAt: true,
  stoppedAt: true,
} satisfies { readonly [Name in Exclude<Optional, OftenThere>]: true };

type OftenThere =
  | 'containerInstanceArn'
  | 'availabilityZone'
  | 'startedBy'
  | 'serviceArn'
  | 'connectivity'
  | 'connectivityAt'
  | 'startedAt';

function isRare(name: string): name is keyof typeof rareMembers {
  return name in rareMembers;
}

function copyMember<Name extends keyof TaskRecord>(
  to: Writable<TaskRecord>,
  from: Partial<TaskRecord>,
  name: Name,
): void {
  const value = from[name];
  if (value !== undefined) to[name] = value;
}

/** What tasks of one cluster have alike. */
interface Home extends Pick<TaskRecord, 'accountId' | 'region' | 'clusterArn' | 'clusterName'> {
  /** What the ARNs of its tasks begin with. */
  readonly text: string;
  readonly owner: string;
  /** By what the journal says for them: `family:revision`, and what follows `container-instance/`. */
  readonly definitions: Map<string, Definition>;
  readonly instances: Map<string, string>;
}

/** Of `arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/`. */
function homeOf(text: string): Home {
  const [, , , region = '', accountId = '', resource = ''] = text.split(':');
  const clusterName = resource.slice('task/'.length, -1);
  const owner = `arn:aws:ecs:${region}:${accountId}:`;
  return {
    text,
    owner,
    accountId,
    region,
    clusterArn: `${owner}cluster/${clusterName}`,
    clusterName,
    definitions: new Map(),
    instances: new Map(),
  };
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
