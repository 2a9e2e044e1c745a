import { isSandbox } from '../../src/agent/sandboxes/sandbox-pool.ts';
import { bridgeKey, sandboxLabel } from '../../src/agent/sandboxes/sandbox.ts';
import { taskArnLabel } from '../../src/agent/docker-config.ts';
import { interfaceKey } from '../../src/agent/sandboxes/interface-sandbox.ts';
import { findSubnet, networkInterfaces, readyInterfaces, readyInterfacesFor } from '../../src/services/ec2/public.ts';
import { containerInstances } from '../../src/services/ecs/tables.ts';
import type { SimContainer } from '../../src/world/sim/sim-container.ts';
import { type AgentMachine, type System, warmSandboxes } from '../system.ts';
import type { Checker } from './checker.ts';

/**
 * No two tasks are given one sandbox or one address, and when all has settled there is no sandbox that nobody knows of:
 * on the engine's bridge no more than an agent keeps ready, of network interfaces those that the control plane holds for it.
 */
export const sandboxes: Checker = {
  name: 'a sandbox is one task’s',
  look: (system) => {
    for (const { host } of system.agents) usersOf(system, host.engine.containers);
    addressesOf(system);
  },
  settled: (system) => {
    for (const machine of system.agents) {
      const { host } = machine;
      const { containers } = host.engine;
      const users = usersOf(system, containers);
      const unused = containers.filter((container) => isSandbox(ofLabels(container)) && !users.has(container.id));
      const onBridge = unused.filter(({ labels }) => labels[sandboxLabel] === bridgeKey);
      if (onBridge.length > warmSandboxes.most) {
        system.fail(sandboxes.name, `${host.name} has ${onBridge.length} sandboxes that hold no running container`);
      }
      const left = unused.filter((container) => !onBridge.includes(container));
      const held = heldFor(system, machine);
      if (held.length > warmSandboxes.least)
        system.fail(sandboxes.name, `${held.length} interfaces are held for ${host.name}`);
      for (const { labels, id } of left) {
        const key = labels[sandboxLabel] ?? '';
        if (!held.includes(key)) {
          system.fail(sandboxes.name, `${host.name} has sandbox ${id} of ${key}, which nobody holds for it`);
        }
      }
      if (left.length > 0) system.saw('a sandbox with a network interface is ready');
    }
  },
};

/** By the sandbox's id. */
function usersOf(system: System, containers: readonly SimContainer[]): ReadonlyMap<string, SimContainer> {
  const byId = new Map(containers.map((container) => [container.id, container]));
  const users = new Map<string, SimContainer>();
  for (const container of containers) {
    const id = /^container:(.+)$/.exec(container.body.HostConfig?.NetworkMode ?? '')?.[1] ?? '';
    const sandbox = byId.get(id);
    if (!sandbox || !isSandbox(ofLabels(sandbox))) continue;
    const other = users.get(id);
    // The containers of one task share a sandbox that has its interface; one on the bridge is a container's own.
    const mayShare = sandbox.labels[sandboxLabel] !== bridgeKey;
    const arns = [other, container].map((user) => user?.labels[taskArnLabel]);
    if (other && (!mayShare || arns[0] !== arns[1])) {
      system.fail(sandboxes.name, `sandbox ${id} has containers of ${arns.join(' and of ')}`);
    }
    if (mayShare && !other && container.isRunning) system.saw('a task runs in a sandbox with its network interface');
    if (!other || container.isRunning) users.set(id, container);
  }
  for (const [id, { isRunning }] of users) if (!isRunning) users.delete(id);
  return users;
}

/** An address is one interface's, and one that is held is nobody's. */
function addressesOf(system: System): void {
  system.server?.store.view((reader) => {
    const taken = new Set<string>();
    for (const { subnetId, privateIpv4Address } of [
      ...reader.list(networkInterfaces),
      ...reader.list(readyInterfaces),
    ]) {
      const address = `${subnetId}/${privateIpv4Address}`;
      if (taken.has(address)) system.fail(sandboxes.name, `${address} is given twice`);
      taken.add(address);
    }
  });
}

/** The keys of the sandboxes that the machine's agent is to have ready. */
function heldFor(system: System, machine: AgentMachine): readonly string[] {
  const { server } = system;
  const arn = machine.instanceArn;
  if (!server || arn === undefined) return [];
  return server.store.view((reader) => {
    const instance = reader.get(containerInstances, arn);
    if (!instance) return [];
    return readyInterfacesFor(reader, arn).flatMap((ready) => {
      const subnet = findSubnet(reader, instance, ready.subnetId);
      return subnet ? [interfaceKey({ ...ready, subnet })] : [];
    });
  });
}

function ofLabels({ labels }: SimContainer): { readonly Labels: SimContainer['labels'] } {
  return { Labels: labels };
}
