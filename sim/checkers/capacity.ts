import type { ContainerInstanceRecord, TaskRecord } from '../../src/services/ecs/tables.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** No instance is given more than it registered, and no host port twice. Summed anew from the records each time. */
export const capacity: Checker = {
  name: 'capacity is never over-committed',
  watch: (system) =>
    system.onCommit(({ tasks }) => {
      // Only a task that has come to an instance can be too much for it.
      const instances = new Set<string>();
      for (const { before, after } of tasks) {
        const instance = after?.containerInstanceArn;
        if (instance !== undefined && before?.containerInstanceArn !== instance) instances.add(instance);
      }
      for (const arn of instances) check(system, arn);
    }),
};

function check(system: System, instanceArn: string): void {
  const instance = system.durable.instances.get(instanceArn);
  if (!instance) return;
  const fail = (what: string): void => system.fail(capacity.name, `${instanceArn} ${what}`);
  let cpuUnits = 0;
  let memoryMiB = 0;
  const ports = new Set<string>();
  for (const { containerInstanceArn, reservation } of system.durable.liveTasks) {
    if (containerInstanceArn !== instanceArn) continue;
    cpuUnits += reservation.cpuUnits;
    memoryMiB += reservation.memoryMiB;
    for (const port of portsOf(reservation)) {
      if (ports.has(port)) fail(`has two tasks with host port ${port}`);
      ports.add(port);
    }
  }
  const registered = { cpuUnits: resource(instance, 'CPU'), memoryMiB: resource(instance, 'MEMORY') };
  if (cpuUnits > registered.cpuUnits || memoryMiB > registered.memoryMiB) {
    fail(`has ${cpuUnits} CPU units and ${memoryMiB} MiB in use of ${registered.cpuUnits} and ${registered.memoryMiB}`);
  }
}

function portsOf({ tcpPorts, udpPorts }: TaskRecord['reservation']): readonly string[] {
  return [...tcpPorts.map((port) => `tcp/${port}`), ...udpPorts.map((port) => `udp/${port}`)];
}

function resource(instance: ContainerInstanceRecord, name: string): number {
  return instance.registeredResources.find((each) => each.name === name)?.integerValue ?? 0;
}
