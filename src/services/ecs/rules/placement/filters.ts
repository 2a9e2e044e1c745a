/**
 * The hard part of placement as a list: each filter either lets an instance pass or says, in AWS's word, why not. The
 * order is the order in which AWS names a reason when several apply.
 */
import type { Attribute } from '@aws-sdk/client-ecs';
import type { ContainerInstanceRecord, Kept, Reservation } from '../../tables.ts';
import { type InstanceCapacity, type InstanceUsage } from './capacity.ts';

/** An instance as placement sees it. */
export interface Candidate {
  readonly instance: Pick<ContainerInstanceRecord, 'arn' | 'agentConnected'>;
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
  /** The `groupKey` of the task. */
  readonly groupKey: string;
}

export interface Filter {
  readonly name: string;
  /** The reason why the task cannot run there, undefined when it can. */
  readonly refuse: (candidate: Candidate, wanted: Wanted) => string | undefined;
}

export const filters: readonly Filter[] = [
  {
    name: 'agent',
    refuse: ({ instance }) => (instance.agentConnected ? undefined : 'AGENT'),
  },
  {
    name: 'cpu',
    refuse: ({ capacity, usage }, { reservation }) =>
      usage.cpuUnits + reservation.cpuUnits > capacity.cpuUnits ? 'RESOURCE:CPU' : undefined,
  },
  {
    name: 'memory',
    refuse: ({ capacity, usage }, { reservation }) =>
      usage.memoryMiB + reservation.memoryMiB > capacity.memoryMiB ? 'RESOURCE:MEMORY' : undefined,
  },
  {
    name: 'gpu',
    refuse: ({ capacity, usage }, { reservation }) =>
      usage.gpus + reservation.gpus > capacity.gpus ? 'RESOURCE:GPU' : undefined,
  },
  {
    name: 'ports',
    refuse: ({ capacity, usage }, { reservation }) => {
      const tcpTaken = reservation.tcpPorts.some(
        (port) => usage.tcpPorts.has(port) || capacity.reservedTcpPorts.has(port),
      );
      const udpTaken = reservation.udpPorts.some(
        (port) => usage.udpPorts.has(port) || capacity.reservedUdpPorts.has(port),
      );
      return tcpTaken || udpTaken ? 'RESOURCE:PORTS' : undefined;
    },
  },
  {
    name: 'network interfaces',
    refuse: ({ capacity, usage }, { reservation }) =>
      usage.networkInterfaces + reservation.networkInterfaces > capacity.networkInterfaces ? 'RESOURCE:ENI' : undefined,
  },
  {
    name: 'attributes',
    refuse: ({ capacity }, { requiredAttributes, cpuArchitecture }) => {
      const has = ({ name, value }: Kept<Attribute>): boolean => {
        const present = capacity.attributes.get(name);
        return present !== undefined && (value === undefined || value === present);
      };
      const architecture = capacity.attributes.get('ecs.cpu-architecture');
      // The agent says x86_64 or arm64, a task definition X86_64 or ARM64.
      const fits = !cpuArchitecture || !architecture || cpuArchitecture.toLowerCase() === architecture.toLowerCase();
      return fits && requiredAttributes.every(has) ? undefined : 'ATTRIBUTE';
    },
  },
  {
    name: 'location',
    refuse: ({ capacity }, { availabilityZones }) =>
      !availabilityZones || availabilityZones.includes(capacity.attributes.get('ecs.availability-zone') ?? '')
        ? undefined
        : 'LOCATION',
  },
  {
    name: 'distinct instance',
    refuse: ({ usage }, { distinctInstance, groupKey }) =>
      distinctInstance && (usage.tasksByGroup.get(groupKey) ?? 0) > 0
        ? 'DistinctInstance placement constraint unsatisfied.'
        : undefined,
  },
];

/** The first reason against an instance, undefined when the task can run there. */
export function refuse(candidate: Candidate, wanted: Wanted): string | undefined {
  for (const filter of filters) {
    const reason = filter.refuse(candidate, wanted);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
