import type { Reconciler } from '../../../control/reconciler.ts';
import { stoppedTasksByTime } from '../projections.ts';
import { tasks } from '../tables.ts';
import { removeDue } from './remove-due.ts';

/** Removes tasks when they have been stopped for `keepMs`: until then they can be described. */
export function stoppedTasksAfter(keepMs: number): Reconciler {
  const key = 'all';
  return {
    name: 'ecs.stopped-tasks',
    wakes: [{ table: tasks, keys: (reader, arn) => (reader.get(tasks, arn)?.lastStatus === 'STOPPED' ? [key] : []) }],
    all: () => [key],
    reconcile: (tx, env) => removeDue(tx, env, tasks, tx.projected(stoppedTasksByTime), keepMs),
  };
}
