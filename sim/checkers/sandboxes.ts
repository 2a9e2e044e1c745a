import { taskArnLabel } from '../../src/agent/docker-config.ts';
import { sandboxLabel } from '../../src/agent/sandboxes/sandbox.ts';
import type { SimContainer } from '../../src/world/sim/sim-container.ts';
import { type System, warmSandboxes } from '../system.ts';
import type { Checker } from './checker.ts';

/** No two containers are given one sandbox, and when all has settled there is none that nobody knows of. */
export const sandboxes: Checker = {
  name: 'a sandbox is one container’s',
  look: (system) => {
    for (const { host } of system.agents) usersOf(system, host.engine.containers);
  },
  settled: (system) => {
    for (const { host } of system.agents) {
      const { containers } = host.engine;
      const users = usersOf(system, containers);
      const unused = containers.filter(({ id, labels }) => sandboxLabel in labels && !users.get(id)?.isRunning);
      if (unused.length > warmSandboxes) {
        system.fail(sandboxes.name, `${host.name} has ${unused.length} sandboxes that hold no running container`);
      }
    }
  },
};

/** By the sandbox's id. */
function usersOf(system: System, containers: readonly SimContainer[]): ReadonlyMap<string, SimContainer> {
  const isSandbox = new Set(containers.filter(({ labels }) => sandboxLabel in labels).map(({ id }) => id));
  const users = new Map<string, SimContainer>();
  for (const container of containers) {
    const id = /^container:(.+)$/.exec(container.body.HostConfig?.NetworkMode ?? '')?.[1];
    if (id === undefined || !isSandbox.has(id)) continue;
    const other = users.get(id);
    if (other) {
      const arns = [other, container].map(({ labels }) => labels[taskArnLabel]);
      system.fail(sandboxes.name, `sandbox ${id} has containers of ${arns.join(' and of ')}`);
    }
    users.set(id, container);
  }
  return users;
}
