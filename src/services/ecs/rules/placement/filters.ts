/**
 * The hard part of placement as a list: each filter either lets an instance pass or says, in AWS's word, why not. The
 * order is the order in which AWS names a reason when several apply.
 */
import type { Attribute } from '@aws-sdk/client-ecs';
import type { ContainerInstanceRecord, Kept, Reservation } from '../../tables.ts';
import type { Query } from '../query-language/query.ts';
import type { InstanceCapacity, InstanceUsage } from './capacity.ts';

/** An instance as placement sees it. */
export interface Candidate {
  readonly instance: Pick<
    ContainerInstanceRecord,
    'arn' | 'agentConnected' | 'clusterArn' | 'ec2InstanceId' | 'registeredAt' | 'versionInfo'
  >;
  readonly capacity: InstanceCapacity;
  readonly usage: InstanceUsage;
}

/** What one task asks of its instance. */
export interface Wanted {
  readonly reservation: Reservation;
  readonly requiredAttributes: readonly Kept<Attribute>[];
  /** X86_64 or ARM64, where the task definition says. */
  readonly cpuArchitecture?: string;
  /** Zones of its subnets; undefined when the instance's zone does not matter. */
  readonly availabilityZones?: readonly string[];
  readonly distinctInstance: boolean;
  /** What its memberOf constraints, those of its definition included, ask for: all of them. */
  readonly memberOf?: readonly Query[];
  /** The `groupKey` of the task. */
  readonly groupKey: string;
}

export interface Filter {
  readonly name: string;
  /** Why the task cannot run there, in the word of AWS. */
  readonly reason: string;
  /** Looks only at the registration and the agent: the answer does not change with the tasks on the instance. */
  readonly isLasting: boolean;
  readonly passes: (candidate: Candidate, wanted: Wanted) => boolean;
}

export const filters: readonly Filter[] = [
  {
    name: 'agent',
    reason: 'AGENT',
    isLasting: true,
    passes: ({ instance }) => instance.agentConnected,
  },
  {
    name: 'cpu',
    reason: 'RESOURCE:CPU',
    isLasting: false,
    passes: ({ capacity, usage }, { reservation }) => usage.cpuUnits + reservation.cpuUnits <= capacity.cpuUnits,
  },
  {
    name: 'memory',
    reason: 'RESOURCE:MEMORY',
    isLasting: false,
    passes: ({ capacity, usage }, { reservation }) => usage.memoryMiB + reservation.memoryMiB <= capacity.memoryMiB,
  },
  {
    name: 'gpu',
    reason: 'RESOURCE:GPU',
    isLasting: false,
    passes: ({ capacity, usage }, { reservation }) => usage.gpus + reservation.gpus <= capacity.gpus,
  },
  {
    name: 'ports',
    reason: 'RESOURCE:PORTS',
    isLasting: false,
    passes: ({ capacity, usage }, { reservation }) =>
      !reservation.tcpPorts.some((port) => usage.tcpPorts.has(port) || capacity.reservedTcpPorts.has(port)) &&
      !reservation.udpPorts.some((port) => usage.udpPorts.has(port) || capacity.reservedUdpPorts.has(port)),
  },
  {
    name: 'network interfaces',
    reason: 'RESOURCE:ENI',
    isLasting: false,
    passes: ({ capacity, usage }, { reservation }) =>
      usage.networkInterfaces + reservation.networkInterfaces <= capacity.networkInterfaces,
  },
  {
    name: 'attributes',
    reason: 'ATTRIBUTE',
    isLasting: true,
    passes: ({ capacity }, { requiredAttributes, cpuArchitecture }) => {
      const architecture = capacity.attributes.get('ecs.cpu-architecture');
      // The agent says x86_64 or arm64, a task definition X86_64 or ARM64.
      if (cpuArchitecture && architecture && cpuArchitecture.toLowerCase() !== architecture.toLowerCase()) return false;
      return requiredAttributes.every(({ name, value }) => {
        const present = capacity.attributes.get(name);
        return present !== undefined && (value === undefined || value === present);
      });
    },
  },
  {
    name: 'location',
    reason: 'LOCATION',
    isLasting: true,
    passes: ({ capacity }, { availabilityZones }) =>
      !availabilityZones || availabilityZones.includes(capacity.attributes.get('ecs.availability-zone') ?? ''),
  },
  {
    name: 'member of',
    reason: 'MemberOf placement constraint unsatisfied.',
    isLasting: false,
    passes: (candidate, { memberOf = [] }) => memberOf.every((query) => query.matches(candidate)),
  },
  {
    name: 'distinct instance',
    reason: 'DistinctInstance placement constraint unsatisfied.',
    isLasting: false,
    passes: ({ usage }, { distinctInstance, groupKey }) =>
      !distinctInstance || (usage.tasksByGroup.get(groupKey) ?? 0) === 0,
  },
];

/** The first reason against an instance, undefined when the task can run there. */
export function refuse(candidate: Candidate, wanted: Wanted): string | undefined {
  for (const filter of filters) if (!filter.passes(candidate, wanted)) return filter.reason;
  return undefined;
}
