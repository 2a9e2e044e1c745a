import type { OutboxEvent } from '../../outbox-tables.ts';
import type { ServiceEventRecord, ServiceRecord } from '../../service-tables.ts';
import { type EventBody, isoTime } from './event.ts';

/** What EventBridge is told of a service when its user is told something: not every message has an event. */
export function serviceEvent(
  before: ServiceEventRecord | undefined,
  after: ServiceEventRecord | undefined,
  service: ServiceRecord | undefined,
): EventBody | undefined {
  if (before || !after || !service) return undefined;
  for (const { words, eventName, eventType } of actions) {
    const found = words.exec(after.message);
    if (!found) continue;
    const reason = found.groups?.['reason'];
    return action(service, {
      eventType,
      eventName,
      clusterArn: service.clusterArn,
      ...(reason !== undefined && { reason }),
      createdAt: isoTime(after.createdAt),
    });
  }
  return undefined;
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

/** The words of a message are AWS's and do not change, so an event is known by them. */
const actions: readonly { readonly words: RegExp; readonly eventName: string; readonly eventType: string }[] = [
  { words: / has reached a steady state\.$/, eventName: 'SERVICE_STEADY_STATE', eventType: 'INFO' },
  {
    words: / is unable to consistently start tasks successfully\./,
    eventName: 'SERVICE_TASK_START_IMPAIRED',
    eventType: 'WARN',
  },
  {
    words:
      / was unable to place a task because no container instance met all of its requirements\. (?:Reason: )?(?<reason>.+?)(?: For more information.*)?$/,
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    eventType: 'ERROR',
  },
  {
    words: / was unable to place a task\. Reason: (?<reason>.+)\.$/,
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    eventType: 'ERROR',
  },
  { words: / AZ Rebalancing in progress\.$/, eventName: 'SERVICE_REBALANCING_STARTED', eventType: 'INFO' },
  { words: / is AZ balanced with /, eventName: 'SERVICE_REBALANCING_COMPLETED', eventType: 'INFO' },
];

function action(service: ServiceRecord, detail: OutboxEvent['detail']): EventBody {
  return {
    accountId: service.accountId,
    region: service.region,
    detailType: 'ECS Service Action',
    resources: [service.arn],
    detail,
  };
}
