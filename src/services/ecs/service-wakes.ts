/** Which services a change of something else concerns: the keys that it wakes of those who steer services. */
import { scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { type ServiceRecord, services } from './service-tables.ts';
import { containerInstances, tasks } from './tables.ts';

/** Its own service, and when it has stopped those that wait for room. */
export function servicesOfTask(reader: Reader, arn: string): Iterable<string> {
  const task = reader.get(tasks, arn);
  if (!task) return [];
  const waiting = task.lastStatus === 'STOPPED' ? arnsOf(reader.find(services, 'unplaced', scopeKey(task))) : [];
  return task.serviceArn === undefined ? waiting : [task.serviceArn, ...waiting];
}

/** Services with tasks on it, those that wait for room, and those that want a task on every instance. */
export function servicesOfInstance(reader: Reader, arn: string): Iterable<string> {
  const instance = reader.get(containerInstances, arn);
  const found = new Set<string>();
  for (const task of reader.find(tasks, 'occupying', arn))
    if (task.serviceArn !== undefined) found.add(task.serviceArn);
  if (!instance) return found;
  for (const service of reader.find(services, 'unplaced', scopeKey(instance))) found.add(service.arn);
  for (const service of reader.find(services, 'daemons', instance.clusterArn)) found.add(service.arn);
  return found;
}

export function* arnsOf(found: Iterable<ServiceRecord>): Generator<string> {
  for (const { arn } of found) yield arn;
}
