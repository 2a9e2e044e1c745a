import type { Reconciler } from '../../../control/reconciler.ts';
import { taskDefinitions, tasks } from '../tables.ts';

/** Removes task definitions whose deletion was asked for once no task that has not stopped uses them. */
export const deletedTaskDefinitions: Reconciler = {
  name: 'ecs.deleted-task-definitions',
  wakes: [
    {
      table: taskDefinitions,
      keys: (reader, arn) => (reader.get(taskDefinitions, arn)?.status === 'DELETE_IN_PROGRESS' ? [arn] : []),
    },
    {
      table: tasks,
      keys: (reader, taskArn) => {
        const arn = reader.get(tasks, taskArn)?.taskDefinitionArn ?? '';
        return reader.get(taskDefinitions, arn)?.status === 'DELETE_IN_PROGRESS' ? [arn] : [];
      },
    },
  ],
  *all(reader) {
    for (const record of reader.find(taskDefinitions, 'deleting', 'deleting')) yield record.arn;
  },
  reconcile: (tx, _env, arn) => {
    if (tx.get(taskDefinitions, arn)?.status !== 'DELETE_IN_PROGRESS') return undefined;
    if (tx.count(tasks, 'taskDefinition', arn) === 0) tx.delete(taskDefinitions, arn);
    return undefined;
  },
};
