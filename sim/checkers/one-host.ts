import { containerNameLabel, taskArnLabel } from '../../src/agent/docker-config.ts';
import { tasks } from '../../src/services/ecs/tables.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** A task's containers run on one machine, each of them once, and when all has settled only for tasks that are there. */
export const oneHost: Checker = {
  name: 'a task runs on one host',
  look: (system) => {
    runningByTask(system);
  },
  settled: (system) => {
    const running = runningByTask(system);
    system.server?.store.view((reader) => {
      for (const [arn, host] of running) {
        const task = reader.get(tasks, arn);
        if (!task) system.fail(oneHost.name, `${host} runs containers of ${arn}, which is not there`);
        else if (task.lastStatus === 'STOPPED')
          system.fail(oneHost.name, `${host} runs containers of ${arn}, which is STOPPED`);
      }
      for (const task of reader.list(tasks)) {
        if (task.lastStatus === 'RUNNING' && !running.has(task.arn))
          system.fail(oneHost.name, `${task.arn} is RUNNING without a container`);
      }
    });
  },
};

function runningByTask(system: System): ReadonlyMap<string, string> {
  const hosts = new Map<string, string>();
  const seen = new Set<string>();
  for (const { host } of system.agents) {
    for (const container of host.engine.containers) {
      const arn = container.labels[taskArnLabel];
      if (arn === undefined || !container.isRunning) continue;
      const other = hosts.get(arn);
      if (other !== undefined && other !== host.name)
        system.fail(oneHost.name, `${arn} runs on ${other} and on ${host.name}`);
      hosts.set(arn, host.name);
      const name = `${arn} ${container.labels[containerNameLabel] ?? ''}`;
      if (seen.has(name)) system.fail(oneHost.name, `container ${name} runs twice on ${host.name}`);
      seen.add(name);
    }
  }
  return hosts;
}
