import type { OutboxEvent } from '../../outbox-tables.ts';
import type { ServiceEventRecord, ServiceRecord, TaskSetRecord } from '../../service-tables.ts';
import { type EventBody, isoTime } from './event.ts';
import { actionOf, providersOf } from './service-actions.ts';

/** What EventBridge is told of a service when its user is told something: not every message has an event. */
export function serviceActionEvents(
  before: ServiceEventRecord | undefined,
  after: ServiceEventRecord | undefined,
  service: ServiceRecord | undefined,
): readonly EventBody[] {
  if (before || !after || !service) return [];
  const found = actionOf(after.message);
  if (!found) return [];
  const { eventType, eventName, detailOf } = found.action;
  const { clusterArn } = service;
  const createdAt = isoTime(after.createdAt);
  const detail = { eventType, eventName, clusterArn, ...detailOf?.(found.groups, service), createdAt };
  const capacityProviderArns = eventName === 'SERVICE_STEADY_STATE' ? providersOf(service) : [];
  if (capacityProviderArns.length === 0) return [action(service, detail)];
  const ofProviders = { eventType, eventName: 'CAPACITY_PROVIDER_STEADY_STATE', clusterArn, capacityProviderArns };
  return [action(service, detail), action(service, { ...ofProviders, createdAt })];
}

/** That a task set has all its tasks, healthy. */
export function taskSetEvent(
  before: TaskSetRecord | undefined,
  after: TaskSetRecord | undefined,
): EventBody | undefined {
  if (after?.stabilityStatus !== 'STEADY_STATE' || before?.stabilityStatus === 'STEADY_STATE') return undefined;
  return action(
    { accountId: after.accountId, region: after.region, arn: after.serviceArn },
    {
      eventType: 'INFO',
      eventName: 'TASKSET_STEADY_STATE',
      clusterArn: after.clusterArn,
      taskSetArns: [after.arn],
      createdAt: isoTime(after.stabilityStatusAt),
    },
  );
}

/** That the number of tasks a DAEMON service is to have was computed anew. AWS tells nothing of a number its user sets. */
export function desiredCountEvent(
  before: ServiceRecord | undefined,
  after: ServiceRecord | undefined,
  createdAt: number,
): EventBody | undefined {
  if (!before || !after || after.schedulingStrategy !== 'DAEMON') return undefined;
  if (before.desiredCount === after.desiredCount) return undefined;
  return action(after, {
    eventType: 'INFO',
    eventName: 'SERVICE_DESIRED_COUNT_UPDATED',
    clusterArn: after.clusterArn,
    desiredCount: after.desiredCount,
    createdAt: isoTime(createdAt),
  });
}

function action(
  service: Pick<ServiceRecord, 'accountId' | 'region' | 'arn'>,
  detail: OutboxEvent['detail'],
): EventBody {
  return {
    accountId: service.accountId,
    region: service.region,
    detailType: 'ECS Service Action',
    resources: [service.arn],
    detail,
  };
}
