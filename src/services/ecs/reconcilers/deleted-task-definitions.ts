import type { Reconciler } from '../../../control/reconciler.ts';
import type { Reader } from '../../../store/store.ts';
import { activeTasksByDefinition } from '../projections.ts';
import { deployments, serviceRevisions, type ServiceRevisionRecord, services, taskSets } from '../service-tables.ts';
import { taskDefinitions, tasks } from '../tables.ts';

/** Removes task definitions whose deletion was asked for once no service and no task that has not stopped uses them. */
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
    // What let go of a definition does not say which one it was; definitions being deleted are few.
    { table: services, keys: deleting },
    { table: deployments, keys: deleting },
    { table: taskSets, keys: deleting },
  ],
  all: deleting,
  reconcile: (tx, _env, arn) => {
    if (tx.get(taskDefinitions, arn)?.status !== 'DELETE_IN_PROGRESS') return undefined;
    if (!isUsed(tx, arn)) tx.delete(taskDefinitions, arn);
    return undefined;
  },
};

function* deleting(reader: Reader): Generator<string> {
  for (const record of reader.find(taskDefinitions, 'deleting', 'deleting')) yield record.arn;
}

function isUsed(reader: Reader, arn: string): boolean {
  if (reader.projected(activeTasksByDefinition).has(arn) || reader.count(taskSets, 'taskDefinition', arn) > 0)
    return true;
  for (const revision of reader.find(serviceRevisions, 'taskDefinition', arn)) {
    if (mayStartTasks(reader, revision)) return true;
  }
  return false;
}

/** A revision that a deployment of its service carries, or that its service would roll back to; the rest is history. */
function mayStartTasks(reader: Reader, revision: ServiceRevisionRecord): boolean {
  const service = reader.get(services, revision.serviceArn);
  if (!service || service.status === 'INACTIVE') return false;
  if (service.steadyRevisionArn === revision.arn) return true;
  for (const { revisionArn } of reader.find(deployments, 'service', revision.serviceArn)) {
    if (revisionArn === revision.arn) return true;
  }
  return false;
}
