import { isImageReference } from '../images.ts';
import { limits } from '../limits.ts';
import { isName } from '../names.ts';
import { client, notOneOf, outOfRange, type Refusal } from '../refusal.ts';
import type { ContainerInput, TaskDefinitionInput } from '../task-definition-input.ts';
import { linuxRefusals } from './linux.ts';
import { loggingRefusals } from './logging.ts';
import { portRefusals } from './ports.ts';

const wholeNumber = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** What is wrong with one container definition, seen in its task definition. */
export function* containerRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  if (!container.name) yield client('Container.name should not be null or empty.');
  else if (!isName(container.name)) yield client('Container.name contains invalid characters.');
  if (!container.image) yield client('Container.image should not be null or empty.');
  else if (!isImageReference(container.image)) yield client('Container.image contains invalid characters.');
  yield* sizeRefusals(container, definition);
  yield* portRefusals(container, definition);
  yield* networkRefusals(container, definition);
  yield* environmentRefusals(container, definition);
  yield* healthCheckRefusals(container);
  yield* loggingRefusals(container, definition);
  yield* linuxRefusals(container, definition);
  yield* resourceRequirementRefusals(container);
  yield* outOfRange('startTimeout', container.startTimeout, wholeNumber);
  yield* outOfRange('stopTimeout', container.stopTimeout, wholeNumber);
  yield* notOneOf('versionConsistency', container.versionConsistency, ['enabled', 'disabled']);
  if (container.restartPolicy) {
    const { restartAttemptPeriod, ignoredExitCodes = [] } = container.restartPolicy;
    yield* outOfRange('restartAttemptPeriod', restartAttemptPeriod, limits.restartAttemptPeriodSeconds);
    if (ignoredExitCodes.length > limits.ignoredExitCodes) {
      yield client(`A restart policy can ignore at most ${limits.ignoredExitCodes} exit codes.`);
    }
  }
  if (container.user && !/^[A-Za-z0-9._\\@-]+(:[A-Za-z0-9._-]+)?$/.test(container.user)) {
    yield client(`Container.user '${container.user}' is not valid.`);
  }
  if ((container.credentialSpecs ?? []).length > limits.credentialSpecs) {
    yield client('A container can have at most one credential spec.');
  }
  for (const spec of container.credentialSpecs ?? []) {
    if (!/^credentialspec(domainless)?:arn:/.test(spec)) yield client(`The credential spec '${spec}' is not valid.`);
  }
}

function* sizeRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  const { name, memory, memoryReservation } = container;
  yield* outOfRange('cpu', container.cpu, wholeNumber);
  yield* outOfRange('memory', memory, { min: limits.containerMemoryMiB, max: wholeNumber.max });
  yield* outOfRange('memoryReservation', memoryReservation, { min: limits.containerMemoryMiB, max: wholeNumber.max });
  if (definition.memory === undefined && memory === undefined && memoryReservation === undefined) {
    yield client(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation) {
    yield client(`Invalid setting for container '${name}'. 'memory' must not be less than 'memoryReservation'.`);
  }
}

function* networkRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  const networkMode = definition.networkMode ?? 'bridge';
  if ((container.links ?? []).length > 0 && networkMode !== 'bridge') {
    yield client(`Links are not supported when networkMode=${networkMode}.`);
  }
  for (const { hostname, ipAddress } of container.extraHosts ?? []) {
    if (!hostname || !ipAddress) yield client('Extra hosts must have a hostname and an ipAddress.');
  }
  if (networkMode !== 'awsvpc') return;
  if (container.hostname) yield client('hostname is not supported on container when networkMode=awsvpc.');
  if ((container.extraHosts ?? []).length > 0) {
    yield client('Extra hosts are not supported on container when networkMode=awsvpc.');
  }
  if ((container.dnsServers ?? []).length > 0) {
    yield client('DNS servers are not supported on container when networkMode=awsvpc.');
  }
  if ((container.dnsSearchDomains ?? []).length > 0) {
    yield client('DNS search domains are not supported on container when networkMode=awsvpc.');
  }
}

function* environmentRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  const names = new Set<string>();
  for (const { name } of container.environment ?? []) {
    if (!name) yield client('Environment variable name should not be null or empty.');
    else names.add(name);
  }
  for (const secret of container.secrets ?? []) {
    if (!secret.name || !secret.valueFrom) yield client('Secrets must have a name and a valueFrom.');
    if (names.has(secret.name)) {
      yield client(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${secret.name}'.`,
      );
    }
    names.add(secret.name);
  }
  if ((container.secrets ?? []).length > 0 && !definition.executionRoleArn) {
    yield client("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  }
  const files = container.environmentFiles ?? [];
  if (files.length > limits.environmentFiles) {
    yield client(`A container can have at most ${limits.environmentFiles} environment files.`);
  }
  for (const file of files) {
    yield* notOneOf('environmentFile type', file.type, ['s3']);
    if (!/^arn:[^:]+:s3:::[^/]+\/.+\.env$/.test(file.value)) {
      yield client(`The environment file '${file.value}' must be the ARN of an S3 object that ends in '.env'.`);
    }
  }
  if (files.length > 0 && !definition.executionRoleArn) {
    yield client("When you are specifying environment files, you must also specify a value for 'executionRoleArn'.");
  }
  if (container.repositoryCredentials && !definition.executionRoleArn) {
    yield client(
      "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'.",
    );
  }
}

function* healthCheckRefusals(container: ContainerInput): Generator<Refusal> {
  const check = container.healthCheck;
  if (!check) return;
  const [kind] = check.command;
  const known = kind === 'CMD' || kind === 'CMD-SHELL' || kind === 'NONE';
  if (!known || (kind !== 'NONE' && check.command.length < 2)) {
    yield client(`The health check command of container '${container.name}' must start with CMD or CMD-SHELL.`);
  }
  yield* outOfRange('healthCheck interval', check.interval, limits.healthCheckIntervalSeconds);
  yield* outOfRange('healthCheck timeout', check.timeout, limits.healthCheckTimeoutSeconds);
  yield* outOfRange('healthCheck retries', check.retries, limits.healthCheckRetries);
  yield* outOfRange('healthCheck startPeriod', check.startPeriod, limits.healthCheckStartPeriodSeconds);
}

function* resourceRequirementRefusals(container: ContainerInput): Generator<Refusal> {
  for (const { type, value, sharingStrategy } of container.resourceRequirements ?? []) {
    yield* notOneOf('resourceRequirement type', type, ['GPU', 'InferenceAccelerator', 'NeuronDevice']);
    if (type === 'InferenceAccelerator') yield client('Elastic Inference is no longer available.');
    if (type === 'NeuronDevice' && value !== 'ALL')
      yield client('The value of resource requirement NeuronDevice must be ALL.');
    if (sharingStrategy && (type !== 'GPU' || value !== undefined)) {
      yield client('A sharing strategy can be specified only for a GPU, and only without a value.');
    }
    if (type === 'GPU' && !sharingStrategy && !/^(ALL|[1-9][0-9]{0,3})$/.test(value ?? '')) {
      yield client(`Invalid value '${value ?? ''}' for resource requirement GPU: a number of GPUs or ALL is expected.`);
    }
    const mps = sharingStrategy?.nvidiaMps;
    yield* outOfRange('nvidiaMps memory', mps?.memory, { min: 1, max: wholeNumber.max });
    yield* outOfRange('nvidiaMps maxComputePercent', mps?.maxComputePercent, { min: 1, max: 100 });
  }
}
