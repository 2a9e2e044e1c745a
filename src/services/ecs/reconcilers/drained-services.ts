import type { Reconciler } from '../../../control/reconciler.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { isBefore } from '../rules/lifecycle.ts';
import { endedDeployment } from '../service-deployment-end.ts';
import { scalingCause, stopTasks, tellOfTasks } from '../service-launch.ts';
import { tasksPerStep } from '../service-state.ts';
import { deployments, type ServiceRecord, serviceDeployments, services } from '../service-tables.ts';
import { type TaskRecord, tasks } from '../tables.ts';

/** Stops the tasks of services that are being deleted, and makes a service INACTIVE once all of them are on their way out. */
export const drainedServices: Reconciler = {
  name: 'ecs.drained-services',
  wakes: [
    { table: services, keys: (reader, arn) => (isDraining(reader, arn) ? [arn] : []) },
    {
      table: tasks,
      keys: (reader, taskArn) => {
        const arn = reader.get(tasks, taskArn)?.serviceArn;
        return arn !== undefined && isDraining(reader, arn) ? [arn] : [];
      },
    },
  ],
  *all(reader) {
    for (const { arn, status } of reader.list(services)) if (status === 'DRAINING') yield arn;
  },
  reconcile: (tx, env, arn) => {
    const service = tx.get(services, arn);
    if (service?.status !== 'DRAINING') return undefined;
    if (!stopSome(tx, env, service)) end(tx, env, service);
    return undefined;
  },
};

function isDraining(reader: Reader, arn: string): boolean {
  return reader.get(services, arn)?.status === 'DRAINING';
}

/** Whether tasks are left that have not begun to stop. */
function stopSome(tx: Transaction, env: Env, service: ServiceRecord): boolean {
  const running: TaskRecord[] = [];
  const slice = tasksPerStep(tx, service, service.settings);
  let isAnyLeft = false;
  for (const task of tx.find(tasks, 'service', service.arn)) {
    if (isBefore(task, 'DEACTIVATING')) isAnyLeft = true;
    if (task.desiredStatus === 'RUNNING' && running.length < slice) running.push(task);
  }
  const stopped = running.flatMap((task) => stopTasks(tx, env, [task], scalingCause(task.startedBy ?? '')));
  tellOfTasks(tx, env, service, [], stopped);
  return isAnyLeft;
}

function end(tx: Transaction, env: Env, service: ServiceRecord): void {
  for (const deployment of Array.from(tx.find(deployments, 'service', service.arn))) {
    tx.put(deployments, { ...deployment, status: 'INACTIVE', desiredCount: 0, updatedAt: env.now });
  }
  for (const open of Array.from(tx.find(serviceDeployments, 'open', service.arn))) {
    tx.put(serviceDeployments, {
      ...endedDeployment(tx, open),
      status: 'STOPPED',
      statusReason: 'The service was deleted.',
      stoppedAt: env.now,
      finishedAt: env.now,
      updatedAt: env.now,
    });
  }
  tx.put(services, { ...service, status: 'INACTIVE', inactiveAt: env.now });
}
