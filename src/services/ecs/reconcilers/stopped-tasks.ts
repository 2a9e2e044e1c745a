import type { Reconciler } from '../../../control/reconciler.ts';
import { stoppedTasksByTime } from '../projections.ts';
import { limits } from '../rules/limits.ts';
import { tasks } from '../tables.ts';
import { removeDue } from './remove-due.ts';

/** Removes tasks an hour after they stopped: until then they can be described. */
export const stoppedTasks = stoppedTasksAfter(limits.stoppedTaskMs);

/** The same with another time to keep them, for who runs so many tasks that an hour of them is too much. */
export function stoppedTasksAfter(keepMs: number): Reconciler {
  const key = 'all';
  return {
    name: 'ecs.stopped-tasks',
    wakes: [{ table: tasks, keys: (reader, arn) => (reader.get(tasks, arn)?.lastStatus === 'STOPPED' ? [key] : []) }],
    all: () => [key],
    reconcile: (tx, env) => removeDue(tx, env, tasks, tx.projected(stoppedTasksByTime), keepMs),
  };
}
