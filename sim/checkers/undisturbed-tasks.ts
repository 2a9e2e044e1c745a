import { tasks } from '../../src/services/ecs/tables.ts';
import type { Checker } from './checker.ts';

/**
 * What happens to the control plane, its agents and the network between them never stops a task: only its own end, a
 * StopTask, or something that befell its engine does.
 */
export const undisturbedTasks: Checker = {
  name: 'a task that nothing befell goes on',
  settled: (system, workload) => {
    const disturbed = new Set(system.agents.filter((agent) => agent.isDisturbed).map((agent) => agent.instanceArn));
    system.server?.store.view((reader) => {
      for (const { arn, shape, stopRequested } of workload.tasks.known.values()) {
        const task = reader.get(tasks, arn);
        if (!task || shape.ends !== 'never' || stopRequested) continue;
        if (system.takenAway.has(arn) || disturbed.has(task.containerInstanceArn)) continue;
        if (task.lastStatus !== 'RUNNING') {
          system.fail(
            undisturbedTasks.name,
            `${arn} (${shape.family}) is ${task.lastStatus} though nothing befell it: ${task.stoppedReason}`,
          );
        }
      }
    });
  },
};
