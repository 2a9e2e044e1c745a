import { limits } from '../limits.ts';
import { memberOfRefusals } from '../placement/constraints.ts';
import { isName } from '../names.ts';
import { client, invalid, notOneOf, type Refusal } from '../refusal.ts';
import type { TaskDefinitionInput } from '../task-definition-input.ts';
import { parseCpuUnits, parseMemoryMiB } from '../task-size.ts';
import { containerRefusals } from './container.ts';
import { dependencyRefusals } from './dependencies.ts';
import { firelensRefusals } from './logging.ts';
import { hostPortRefusals } from './ports.ts';
import { volumeRefusals } from './volumes.ts';

const operatingSystems = [
  'LINUX',
  'WINDOWS_SERVER_2004_CORE',
  'WINDOWS_SERVER_2016_FULL',
  'WINDOWS_SERVER_2019_CORE',
  'WINDOWS_SERVER_2019_FULL',
  'WINDOWS_SERVER_2022_CORE',
  'WINDOWS_SERVER_2022_FULL',
  'WINDOWS_SERVER_2025_CORE',
  'WINDOWS_SERVER_2025_FULL',
  'WINDOWS_SERVER_20H2_CORE',
];

/** What is wrong with a definition wherever it may run; what one launch type refuses is in compatibilities.ts. */
export function* taskDefinitionRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const containers = definition.containerDefinitions;
  if (!definition.family) yield client('Family should not be null or empty.');
  else if (!isName(definition.family)) yield client('Family contains invalid characters.');
  if (containers.length === 0) yield client('Container list cannot be empty.');
  if (containers.length > limits.containersPerTaskDefinition) {
    yield client(
      `A task definition does not support more than ${limits.containersPerTaskDefinition} container definitions.`,
    );
  }
  const bytes = new TextEncoder().encode(JSON.stringify(definition)).length;
  if (bytes > limits.taskDefinitionBytes) {
    yield client(`Actual length: '${bytes}'. Max allowed length is '${limits.taskDefinitionBytes}' bytes.`);
  }
  yield* modeRefusals(definition);
  yield* sizeRefusals(definition);
  for (const container of containers) yield* containerRefusals(container, definition);
  yield* nameRefusals(definition);
  if (containers.every((container) => container.essential === false)) {
    yield client('A task definition must have at least one essential container.');
  }
  yield* hostPortRefusals(definition);
  yield* volumeRefusals(definition);
  yield* dependencyRefusals(definition);
  yield* firelensRefusals(definition);
  yield* proxyRefusals(definition);
}

function* modeRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  yield* notOneOf('networkMode', definition.networkMode, ['bridge', 'host', 'awsvpc', 'none']);
  yield* notOneOf('pidMode', definition.pidMode, ['host', 'task']);
  yield* notOneOf('ipcMode', definition.ipcMode, ['host', 'task', 'none']);
  yield* notOneOf('cpuArchitecture', definition.runtimePlatform?.cpuArchitecture, ['X86_64', 'ARM64']);
  yield* notOneOf('operatingSystemFamily', definition.runtimePlatform?.operatingSystemFamily, operatingSystems);
  for (const compatibility of definition.requiresCompatibilities ?? []) {
    yield* notOneOf('requiresCompatibilities', compatibility, ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']);
  }
  const constraints = definition.placementConstraints ?? [];
  if (constraints.length > limits.placementConstraints) {
    yield invalid(`A task definition can have at most ${limits.placementConstraints} placement constraints.`);
  }
  for (const { type, expression } of constraints) {
    yield* notOneOf('placement constraint type', type ?? '', ['memberOf']);
    yield* memberOfRefusals(expression);
  }
  if ((definition.inferenceAccelerators ?? []).length > 0) {
    yield client('Elastic Inference is no longer available.');
  }
  const storage = definition.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && storage < limits.ephemeralStorageGiB.min) {
    yield client(`EphemeralStorage size should be at least ${limits.ephemeralStorageGiB.min}`);
  }
  if (storage !== undefined && storage > limits.ephemeralStorageGiB.max) {
    yield client(`EphemeralStorage size should be at most ${limits.ephemeralStorageGiB.max}`);
  }
}

function* sizeRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const cpuUnits = definition.cpu === undefined ? undefined : parseCpuUnits(definition.cpu);
  const memoryMiB = definition.memory === undefined ? undefined : parseMemoryMiB(definition.memory);
  if (definition.cpu !== undefined && !cpuUnits) yield client(`Invalid 'cpu' setting for task: ${definition.cpu}`);
  if (definition.memory !== undefined && !memoryMiB) {
    yield client(`Invalid 'memory' setting for task: ${definition.memory}`);
  }
  const containers = definition.containerDefinitions;
  const containerCpuUnits = containers.reduce((sum, container) => sum + (container.cpu ?? 0), 0);
  if (cpuUnits && containerCpuUnits > cpuUnits) {
    yield client(
      `The total cpu of the containers (${containerCpuUnits}) is greater than the cpu of the task (${cpuUnits}).`,
    );
  }
  if (!memoryMiB) return;
  for (const { name, memory } of containers) {
    if (memory !== undefined && memory > memoryMiB) {
      yield client(`Invalid setting for container '${name}'. Its 'memory' is greater than the memory of the task.`);
    }
  }
  const reservedMiB = containers.reduce((sum, container) => sum + (container.memoryReservation ?? 0), 0);
  if (reservedMiB > memoryMiB) {
    yield client(
      `The total memoryReservation of the containers (${reservedMiB}) is greater than the memory of the task (${memoryMiB}).`,
    );
  }
}

function* nameRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const names = new Set<string>();
  for (const { name = '' } of definition.containerDefinitions) {
    if (names.has(name)) yield client(`Container name '${name}' is used more than once in the task definition.`);
    names.add(name);
  }
}

const proxyProperties = [
  'IgnoredUID',
  'IgnoredGID',
  'AppPorts',
  'ProxyIngressPort',
  'ProxyEgressPort',
  'EgressIgnoredPorts',
  'EgressIgnoredIPs',
];

function* proxyRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const proxy = definition.proxyConfiguration;
  if (!proxy) return;
  yield* notOneOf('proxyConfiguration type', proxy.type, ['APPMESH']);
  if (definition.networkMode !== 'awsvpc') yield client('A proxy configuration requires networkMode=awsvpc.');
  if (!definition.containerDefinitions.some((container) => container.name === proxy.containerName)) {
    yield client(`The proxy container '${proxy.containerName}' is not in the task definition.`);
  }
  const properties = new Map((proxy.properties ?? []).map(({ name = '', value }) => [name, value]));
  for (const name of properties.keys()) yield* notOneOf('proxy property', name, proxyProperties);
  if (!properties.get('IgnoredUID') && !properties.get('IgnoredGID')) {
    yield client('A proxy configuration needs the property IgnoredUID or IgnoredGID.');
  }
  for (const name of ['AppPorts', 'ProxyIngressPort', 'ProxyEgressPort']) {
    if (!properties.get(name)) yield client(`A proxy configuration needs the property ${name}.`);
  }
}
