/** What RunTask and StartTask have against a request, as far as it shows without looking at the state. */
import type {
  KeyValuePair,
  LaunchType,
  PlacementConstraint,
  PlacementStrategy,
  PropagateTags,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { Kept, TaskDefinitionRecord } from '../tables.ts';
import { isFargateSize } from './fargate-sizes.ts';
import { limits } from './limits.ts';
import { constraintRefusals } from './placement/constraints.ts';
import { client, invalid, type Refusal } from './refusal.ts';
import { overridden } from './reservation.ts';
import { parseCpuUnits, parseMemoryMiB } from './task-size.ts';

export interface TaskRequest {
  readonly group?: string | undefined;
  readonly startedBy?: string | undefined;
  readonly propagateTags?: PropagateTags | undefined;
}

export function* taskRequestRefusals({ group, startedBy, propagateTags }: TaskRequest): Generator<Refusal> {
  if (group !== undefined && group.length > limits.groupCharacters) {
    yield invalid(`group can have at most ${limits.groupCharacters} characters.`);
  }
  // `service:` and `daemon:` are how AWS's own schedulers name the groups of their tasks.
  if (group !== undefined && /^(service|daemon):/.test(group)) yield invalid('Invalid namespace for group.');
  if (startedBy !== undefined && !/^[A-Za-z0-9_/-]*$/.test(startedBy)) {
    yield invalid('startedBy can contain only letters, numbers, hyphens, forward slashes and underscores.');
  }
  if (startedBy !== undefined && startedBy.length > limits.startedByCharacters) {
    yield invalid(`startedBy can have at most ${limits.startedByCharacters} characters.`);
  }
  if (propagateTags === 'SERVICE') {
    yield invalid('Tags can be propagated from a service only to the tasks that the service starts.');
  }
}

export function* countRefusals(count: number): Generator<Refusal> {
  if (!Number.isInteger(count) || count < 1 || count > limits.tasksPerRun) {
    yield invalid(`Count must be between 1 and ${limits.tasksPerRun}.`);
  }
}

export function* clientTokenRefusals(clientToken: string | undefined): Generator<Refusal> {
  if (clientToken === undefined) return;
  if (!/^[\x21-\x7e]*$/.test(clientToken) || clientToken.length > limits.clientTokenCharacters) {
    yield invalid(
      `clientToken can have at most ${limits.clientTokenCharacters} characters, in the ASCII range of 33 to 126.`,
    );
  }
}

/** Overrides after `sizesInUnits`, against the definition they change. */
export function* overridesRefusals(
  overrides: Kept<TaskOverride>,
  definition: TaskDefinitionRecord['definition'],
  launchType: LaunchType,
): Generator<Refusal> {
  if (Object.keys(overrides).length === 0) return;
  if (JSON.stringify(overrides).length > limits.overridesCharacters) {
    yield invalid(`Container Overrides length must be at most ${limits.overridesCharacters}`);
  }
  const containers = definition.containerDefinitions ?? [];
  for (const { name, environment } of overrides.containerOverrides ?? []) {
    if (!name) yield invalid('Container override must specify a container name.');
    if (!containers.some((container) => container.name === name)) {
      yield invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
    yield* environmentRefusals(environment ?? []);
  }
  const cpu = sizeOf(overrides.cpu, definition.cpu);
  const memory = sizeOf(overrides.memory, definition.memory);
  if (Number.isNaN(cpu)) yield invalid(`Invalid 'cpu' setting for task: ${overrides.cpu}.`);
  if (Number.isNaN(memory)) yield invalid(`Invalid 'memory' setting for task: ${overrides.memory}.`);
  if (launchType === 'FARGATE') {
    if (cpu !== undefined && memory !== undefined && !isFargateSize(cpu, memory)) {
      yield client('No Fargate configuration exists for given values.');
    }
  } else if (overrides.ephemeralStorage) {
    yield invalid('ephemeralStorage can be overridden only for tasks that run on Fargate.');
  } else if (cpu !== undefined && (cpu < limits.taskCpuUnits.min || cpu > limits.taskCpuUnits.max)) {
    yield client(`Invalid 'cpu' setting for task: ${cpu}.`);
  }
  const storage = overrides.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && storage < limits.ephemeralStorageGiB.min) {
    yield client(`EphemeralStorage size should be at least ${limits.ephemeralStorageGiB.min}`);
  }
  if (storage !== undefined && storage > limits.ephemeralStorageGiB.max) {
    yield client(`EphemeralStorage size should be at most ${limits.ephemeralStorageGiB.max}`);
  }
  let cpuUnits = 0;
  for (const container of containers) {
    const size = overridden(container, overrides);
    const setting = `Invalid setting for container '${container.name}'.`;
    cpuUnits += size.cpu ?? 0;
    if ((size.cpu ?? 0) < 0) yield client(`${setting} 'cpu' must not be negative.`);
    for (const member of ['memory', 'memoryReservation'] as const) {
      const value = size[member];
      if (value === undefined) continue;
      if (value < limits.containerMemoryMiB) {
        yield client(`${setting} '${member}' must be at least ${limits.containerMemoryMiB}.`);
      }
      if (memory !== undefined && value > memory) {
        yield client(`${setting} '${member}' must not exceed the memory of the task.`);
      }
    }
    if (size.memory !== undefined && size.memoryReservation !== undefined && size.memoryReservation > size.memory) {
      yield client(`${setting} 'memory' must be greater than 'memoryReservation'.`);
    }
  }
  if (cpu !== undefined && cpuUnits > cpu) {
    yield client("The containers of the task ask for more 'cpu' than the task has.");
  }
}

function* environmentRefusals(environment: readonly Kept<KeyValuePair>[]): Generator<Refusal> {
  for (const { name } of environment) {
    if (!name) yield invalid('Environment variable name should not be null or empty.');
  }
}

/** Sizes of a task as the state keeps them: CPU units and MiB in text. What is no size stays, to be refused. */
export function sizesInUnits(overrides: Kept<TaskOverride>): Kept<TaskOverride> {
  const { cpu, memory } = overrides;
  return {
    ...overrides,
    ...(cpu !== undefined && { cpu: String(parseCpuUnits(cpu) ?? cpu) }),
    ...(memory !== undefined && { memory: String(parseMemoryMiB(memory) ?? memory) }),
  };
}

function sizeOf(override: string | undefined, own: string | undefined): number | undefined {
  const size = override ?? own;
  return size === undefined ? undefined : Number(size);
}

export interface PlacementWishes {
  readonly placementConstraints: readonly Kept<PlacementConstraint>[];
  readonly placementStrategy: readonly Kept<PlacementStrategy>[];
}

export function* placementRefusals(
  { placementConstraints, placementStrategy }: PlacementWishes,
  definition: TaskDefinitionRecord['definition'],
): Generator<Refusal> {
  const own = definition.placementConstraints ?? [];
  if (placementConstraints.length + own.length > limits.placementConstraints) {
    yield invalid(`Placement constraints can have at most ${limits.placementConstraints} items.`);
  }
  if (placementStrategy.length > limits.placementStrategies) {
    yield invalid(`Placement strategies can have at most ${limits.placementStrategies} items.`);
  }
  yield* constraintRefusals([...placementConstraints, ...own]);
}
