import type { Resource } from '@aws-sdk/client-ecs';
import type { Answer } from '../../../../aws/operation.ts';
import type { Instant } from '../../../../core/instant.ts';
import type { ContainerInstanceRecord } from '../../tables.ts';
import { instanceView } from '../instance-view.ts';
import type { InstanceUsage } from '../placement/capacity.ts';
import { asDetail, type EventBody, isoTime } from './event.ts';

/**
 * What EventBridge is told of a container instance: that it registered or went, its agent came or went, its status
 * changed. Fargate's instances are ours to know.
 *
 * Differs from AWS: nothing is told when only the remaining resources change, as they do with each task that starts or
 * ends there; the task's own event says that.
 */
export function instanceEvent(
  before: ContainerInstanceRecord | undefined,
  after: ContainerInstanceRecord | undefined,
  usage: InstanceUsage,
  now: Instant,
): EventBody | undefined {
  if (!after || after.capacity === 'FARGATE' || before?.version === after.version) return undefined;
  const {
    tags: _tags,
    attachments: _attachments,
    runningTasksCount: _running,
    pendingTasksCount: _pending,
    ...shown
  } = instanceView(after, usage);
  const detail = {
    ...shown,
    clusterArn: after.clusterArn,
    registeredResources: shown.registeredResources?.map(ownValue),
    remainingResources: shown.remainingResources?.map(ownValue),
    updatedAt: isoTime(now),
  };
  return {
    accountId: after.accountId,
    region: after.region,
    detailType: 'ECS Container Instance State Change',
    resources: [after.arn],
    detail: asDetail(detail),
  };
}

/** An event shows the one value that a resource of its type has, not all of them. */
function ownValue(resource: Answer<Resource>): Answer<Resource> {
  const { name, type } = resource;
  switch (type) {
    case 'STRINGSET':
      return { name, type, stringSetValue: resource.stringSetValue ?? [] };
    case 'LONG':
      return { name, type, longValue: resource.longValue };
    case 'DOUBLE':
      return { name, type, doubleValue: resource.doubleValue };
    default:
      return { name, type, integerValue: resource.integerValue };
  }
}
