import type { Scope } from '../../core/scope.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { changeOf, type Derivation, type RecordChange } from '../../store/table.ts';
import { type DetailType, outbox, outboxEnd, type Told } from './outbox-tables.ts';
import { usageOf } from './projections.ts';
import { deploymentEvent } from './rules/events/deployment-event.ts';
import type { EventBody } from './rules/events/event.ts';
import { hookEvents } from './rules/events/hook-event.ts';
import { instanceEvent } from './rules/events/instance-event.ts';
import { desiredCountEvent, serviceActionEvents, taskSetEvent } from './rules/events/service-event.ts';
import { isTaskTold } from './rules/events/task-event.ts';
import { deployments, serviceDeployments, serviceEvents, services, taskSets } from './service-tables.ts';
import { containerInstances, tasks } from './tables.ts';

/**
 * Whether somebody is to be told of events of this kind: in EventBridge a rule of the scope whose pattern may match it.
 * Asked within the transaction, so a rule counts from the moment it is written.
 */
export type EventInterest = (reader: Reader, scope: Scope, detailType: DetailType) => boolean;

/** As long as there is no EventBridge there are no rules to ask: all that it would be told is kept for it. */
export const everyEvent: EventInterest = () => true;

/**
 * Writes what EventBridge is to be told, in the transaction that makes it so: an event is in the outbox exactly when its
 * change is in the state, whatever crashes (docs/decisions/0006-outbox.md).
 */
export function outboxEvents(isWanted: EventInterest): Derivation {
  return {
    of: [tasks, containerInstances, deployments, serviceDeployments, serviceEvents, services, taskSets],
    derive(tx, env, changes) {
      const told = changes.flatMap((change) => toldOf(tx, env, change, isWanted));
      if (told.length === 0) return;
      const ordinal = tx.projected(outboxEnd).lastOrdinal + 1;
      tx.put(outbox, { ordinal, id: env.newId(), time: env.now, told });
    },
  };
}

/** Asked first, made second: what is told is a part of the work of its change. */
function toldOf(tx: Transaction, env: Env, change: RecordChange, isWanted: EventInterest): readonly Told[] {
  const wanted = (detailType: DetailType, of: Scope | undefined): boolean =>
    of !== undefined && isWanted(tx, of, detailType);
  const task = changeOf(tasks, change);
  if (task) {
    const { before, after } = task;
    return isTaskTold(before, after) && wanted('ECS Task State Change', after) ? [{ task: after }] : [];
  }
  const serviceDeployment = changeOf(serviceDeployments, change);
  if (serviceDeployment) {
    const { before, after } = serviceDeployment;
    return wanted('ECS Hook State Change', after) ? hookEvents(before, after).map((event) => ({ event })) : [];
  }
  const said = changeOf(serviceEvents, change);
  if (said) {
    const service = tx.get(services, said.after?.serviceArn ?? '');
    const events = wanted('ECS Service Action', service) ? serviceActionEvents(said.before, said.after, service) : [];
    return events.map((event) => ({ event }));
  }
  const event = eventOf(tx, env, change, wanted);
  return event ? [{ event }] : [];
}

function eventOf(
  tx: Transaction,
  env: Env,
  change: RecordChange,
  wanted: (detailType: DetailType, of: Scope | undefined) => boolean,
): EventBody | undefined {
  const instance = changeOf(containerInstances, change);
  if (instance) {
    if (!wanted('ECS Container Instance State Change', instance.after)) return undefined;
    return instanceEvent(instance.before, instance.after, usageOf(tx, instance.after?.arn ?? ''), env.now);
  }
  const deployment = changeOf(deployments, change);
  if (deployment) {
    if (!wanted('ECS Deployment State Change', deployment.after)) return undefined;
    return deploymentEvent(deployment.before, deployment.after);
  }
  const taskSet = changeOf(taskSets, change);
  if (taskSet) {
    return wanted('ECS Service Action', taskSet.after) ? taskSetEvent(taskSet.before, taskSet.after) : undefined;
  }
  const service = changeOf(services, change);
  if (!service || !wanted('ECS Service Action', service.after)) return undefined;
  return desiredCountEvent(service.before, service.after, env.now);
}
