import type { Env, Transaction } from '../../store/store.ts';
import { changeOf, type Derivation, type RecordChange } from '../../store/table.ts';
import { outbox, outboxEnd, outboxSlot } from './outbox-tables.ts';
import { usageOf } from './projections.ts';
import { deploymentEvent } from './rules/events/deployment-event.ts';
import type { EventBody } from './rules/events/event.ts';
import { instanceEvent } from './rules/events/instance-event.ts';
import { desiredCountEvent, serviceEvent } from './rules/events/service-event.ts';
import { taskEvent } from './rules/events/task-event.ts';
import { deployments, serviceEvents, services } from './service-tables.ts';
import { containerInstances, tasks } from './tables.ts';

/**
 * Writes what EventBridge is to be told, in the transaction that makes it so: an event is in the outbox exactly when its
 * change is in the state, whatever crashes (docs/decisions/0006-outbox.md).
 */
export const outboxEvents: Derivation = {
  of: [tasks, containerInstances, deployments, serviceEvents, services],
  derive(tx, env, changes) {
    const bodies = changes.map((change) => eventOf(tx, env, change)).filter((body) => body !== undefined);
    if (bodies.length === 0) return;
    const events = bodies.map((body) => ({ id: env.newUuid(), time: env.now, ...body }));
    const { lastOrdinal, droppedEvents } = tx.projected(outboxEnd);
    const ordinal = lastOrdinal + 1;
    const replaced = tx.get(outbox, outboxSlot(ordinal));
    tx.put(outbox, { ordinal, events, droppedEvents: droppedEvents + (replaced?.events.length ?? 0) });
  },
};

function eventOf(tx: Transaction, env: Env, change: RecordChange): EventBody | undefined {
  const task = changeOf(tasks, change);
  if (task) return taskEvent(task.before, task.after, env.now);
  const instance = changeOf(containerInstances, change);
  if (instance) return instanceEvent(instance.before, instance.after, usageOf(tx, instance.after?.arn ?? ''), env.now);
  const deployment = changeOf(deployments, change);
  if (deployment) return deploymentEvent(deployment.before, deployment.after);
  const told = changeOf(serviceEvents, change);
  if (told) return serviceEvent(told.before, told.after, tx.get(services, told.after?.serviceArn ?? ''));
  const service = changeOf(services, change);
  return service && desiredCountEvent(service.before, service.after, env.now);
}
