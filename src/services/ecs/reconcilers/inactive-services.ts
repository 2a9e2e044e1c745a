import type { LookAgain, Reconciler } from '../../../control/reconciler.ts';
import type { Transaction } from '../../../store/store.ts';
import { inactiveServicesByTime } from '../service-projections.ts';
import { parseTimeKey } from '../projections.ts';
import { limits } from '../rules/limits.ts';
import {
  deployments,
  serviceDeployments,
  serviceEventKey,
  serviceEvents,
  serviceRevisions,
  services,
  taskSets,
  trafficReports,
} from '../service-tables.ts';

/**
 * Removes deleted services with all their history a day after they became INACTIVE: until then they can be described,
 * which is how clients see that a deletion has come to its end.
 */
export const inactiveServices: Reconciler = {
  name: 'ecs.inactive-services',
  wakes: [
    {
      table: services,
      keys: (reader, arn) => (reader.get(services, arn)?.inactiveAt === undefined ? [] : ['all']),
    },
  ],
  all: () => ['all'],
  reconcile: (tx, env) => {
    const [oldest] = tx.projected(inactiveServicesByTime).after(undefined);
    if (oldest === undefined) return undefined;
    const { at, key } = parseTimeKey(oldest);
    const waitMs = Math.max(at + limits.inactiveServiceMs - env.now, 0);
    return waitMs > 0 ? { afterMs: waitMs } : removeSome(tx, key);
  },
};

/** As much as a transaction can hold; the service itself last, so that nothing is left behind without one. */
function removeSome(tx: Transaction, serviceArn: string): LookAgain {
  let room: number = limits.removalsPerRound;
  const take = <T>(found: Iterable<T>): readonly T[] => {
    const taken: T[] = [];
    for (const one of found) {
      if (room === 0) break;
      room -= 1;
      taken.push(one);
    }
    return taken;
  };
  for (const event of take(tx.find(serviceEvents, 'service', serviceArn)))
    tx.delete(serviceEvents, serviceEventKey(event));
  for (const revision of take(tx.find(serviceRevisions, 'service', serviceArn)))
    tx.delete(serviceRevisions, revision.arn);
  for (const taskSet of take(tx.find(taskSets, 'service', serviceArn))) tx.delete(taskSets, taskSet.arn);
  for (const history of take(tx.find(serviceDeployments, 'service', serviceArn))) {
    for (const { id } of take(tx.find(deployments, 'serviceDeployment', history.arn))) tx.delete(deployments, id);
    if (tx.count(deployments, 'serviceDeployment', history.arn) === 0) tx.delete(serviceDeployments, history.arn);
  }
  if (room > 0) {
    tx.delete(trafficReports, serviceArn);
    tx.delete(services, serviceArn);
  }
  return { afterMs: 0 };
}
