/** What a task occupies on its instance, from its definition and overrides. */
import type { ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import type { Kept, Reservation, TaskDefinitionRecord } from '../tables.ts';

/**
 * The task's own size where it has one, else the sum of its containers: of CPU units, and of what each container
 * reserves in memory, which is its hard limit only when it has no soft one.
 */
export function reservationOf(
  definition: TaskDefinitionRecord['definition'],
  overrides: Kept<TaskOverride>,
): Reservation {
  const containers = (definition.containerDefinitions ?? []).map((container) => overridden(container, overrides));
  const cpu = overrides.cpu ?? definition.cpu;
  const memory = overrides.memory ?? definition.memory;
  const isAwsvpc = definition.networkMode === 'awsvpc';
  const hostPorts = (protocol: 'tcp' | 'udp'): readonly number[] =>
    isAwsvpc ? [] : containers.flatMap((container) => staticHostPorts(container, protocol));
  return {
    cpuUnits: cpu === undefined ? sum(containers.map((container) => container.cpu ?? 0)) : Number(cpu),
    memoryMiB:
      memory === undefined
        ? sum(containers.map((container) => container.memoryReservation ?? container.memory ?? 0))
        : Number(memory),
    tcpPorts: hostPorts('tcp'),
    udpPorts: hostPorts('udp'),
    networkInterfaces: isAwsvpc ? 1 : 0,
    gpus: sum(containers.map(({ resourceRequirements }) => gpusOf(resourceRequirements))),
  };
}

/** How many whole GPUs a container asks for. */
export function gpusOf(requirements: Kept<ContainerDefinition>['resourceRequirements']): number {
  return sum((requirements ?? []).map(({ type, value }) => (type === 'GPU' ? Number(value) || 0 : 0)));
}

/** A container's sizes after its override. */
export function overridden(
  container: Kept<ContainerDefinition>,
  overrides: Kept<TaskOverride>,
): Pick<Kept<ContainerDefinition>, 'cpu' | 'memory' | 'memoryReservation' | 'portMappings' | 'resourceRequirements'> {
  const override = overrides.containerOverrides?.find((candidate) => candidate.name === container.name);
  return {
    cpu: override?.cpu ?? container.cpu,
    memory: override?.memory ?? container.memory,
    memoryReservation: override?.memoryReservation ?? container.memoryReservation,
    portMappings: container.portMappings,
    resourceRequirements: override?.resourceRequirements ?? container.resourceRequirements,
  };
}

/** Port 0 or none lets the agent choose one: nothing is reserved for it. */
function staticHostPorts(
  { portMappings }: Pick<Kept<ContainerDefinition>, 'portMappings'>,
  protocol: 'tcp' | 'udp',
): readonly number[] {
  return (portMappings ?? []).flatMap((mapping) =>
    mapping.hostPort && (mapping.protocol ?? 'tcp') === protocol ? [mapping.hostPort] : [],
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
