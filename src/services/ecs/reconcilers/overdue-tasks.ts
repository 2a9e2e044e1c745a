import type { LookAgain, Reconciler } from '../../../control/reconciler.ts';
import type { Env, Transaction } from '../../../store/store.ts';
import { overdueTasksByTime, parseTimeKey } from '../projections.ts';
import { requestStop } from '../rules/lifecycle.ts';
import { limits } from '../rules/limits.ts';
import { deadlineOf, timeoutTag } from '../rules/task-deadline.ts';
import { tasks } from '../tables.ts';

const key = 'all';

/** Stops tasks that have run for longer than their own tag allows. */
export const overdueTasks: Reconciler = {
  name: 'ecs.overdue-tasks',
  wakes: [
    {
      table: tasks,
      keys: (reader, arn) => {
        const task = reader.get(tasks, arn);
        return task && deadlineOf(task) !== undefined ? [key] : [];
      },
    },
  ],
  all: () => [key],
  reconcile: (tx, env) => stopDue(tx, env),
};

function stopDue(tx: Transaction, env: Env): LookAgain | undefined {
  const due: string[] = [];
  let again: LookAgain | undefined;
  for (const timed of tx.projected(overdueTasksByTime).after(undefined)) {
    const { at, key: arn } = parseTimeKey(timed);
    const waitMs = Math.max(at - env.now, 0);
    if (waitMs > 0 || due.length === limits.removalsPerRound) {
      again = { afterMs: waitMs };
      break;
    }
    due.push(arn);
  }
  for (const arn of due) {
    const task = tx.get(tasks, arn);
    const reason = `Task has run for longer than its tag ${timeoutTag} allows`;
    if (task) tx.put(tasks, requestStop(task, { stopCode: 'UserInitiated', reason }, env.now));
  }
  return again;
}
