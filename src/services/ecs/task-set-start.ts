import type { Env, Transaction } from '../../store/store.ts';
import { newDeploymentId } from './service-ids.ts';
import { type ServiceRecord, type TaskSetRecord, taskSets } from './service-tables.ts';
import { taskSetArnOf } from './task-set-reference.ts';

/** What whoever starts a task set says of it. */
export type TaskSetWish = Pick<
  TaskSetRecord,
  'settings' | 'scale' | 'status' | 'tags' | 'externalId' | 'startedBy' | 'clientToken'
>;

/**
 * Writes a new task set of a service; the reconciler gives it its tasks. CreateService gives a CODE_DEPLOY service its
 * first, PRIMARY and of scale 100, with this.
 */
export function putTaskSet(tx: Transaction, env: Env, service: ServiceRecord, wish: TaskSetWish): TaskSetRecord {
  const id = newDeploymentId(env.random);
  const taskSet: TaskSetRecord = {
    ...wish,
    accountId: service.accountId,
    region: service.region,
    arn: taskSetArnOf(service, id),
    id,
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: env.now,
    createdAt: env.now,
    updatedAt: env.now,
  };
  tx.put(taskSets, taskSet);
  return taskSet;
}
