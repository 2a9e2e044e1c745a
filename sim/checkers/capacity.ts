import { type ContainerInstanceRecord, containerInstances, tasks } from '../../src/services/ecs/tables.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** No instance is given more than it registered, and no host port twice. Summed anew from the records each time. */
export const capacity: Checker = {
  name: 'capacity is never over-committed',
  watch: (system) =>
    system.onServerStarted(({ store }) => {
      store.watch(tasks, (arn) => {
        const instance = store.view((reader) => reader.get(tasks, arn)?.containerInstanceArn);
        if (instance !== undefined) check(system, instance);
      });
    }),
};

function check(system: System, instanceArn: string): void {
  system.server?.store.view((reader) => {
    const instance = reader.get(containerInstances, instanceArn);
    if (!instance) return;
    let cpuUnits = 0;
    let memoryMiB = 0;
    const ports = new Set<string>();
    for (const task of reader.find(tasks, 'occupying', instanceArn)) {
      cpuUnits += task.reservation.cpuUnits;
      memoryMiB += task.reservation.memoryMiB;
      const wanted = [
        ...task.reservation.tcpPorts.map((port) => `tcp/${port}`),
        ...task.reservation.udpPorts.map((port) => `udp/${port}`),
      ];
      for (const port of wanted) {
        if (ports.has(port)) system.fail(`${instanceArn} has two tasks with host port ${port}`);
        ports.add(port);
      }
    }
    const registered = { cpuUnits: resource(instance, 'CPU'), memoryMiB: resource(instance, 'MEMORY') };
    if (cpuUnits > registered.cpuUnits || memoryMiB > registered.memoryMiB) {
      system.fail(
        `${instanceArn} has ${cpuUnits} CPU units and ${memoryMiB} MiB in use of ${registered.cpuUnits} and ${registered.memoryMiB}`,
      );
    }
  });
}

function resource(instance: ContainerInstanceRecord, name: string): number {
  return instance.registeredResources.find((each) => each.name === name)?.integerValue ?? 0;
}
