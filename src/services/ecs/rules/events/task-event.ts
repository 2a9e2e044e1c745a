import type { Instant } from '../../../../core/instant.ts';
import type { TaskRecord } from '../../tables.ts';
import { taskView } from '../task-view.ts';
import { asDetail, type EventBody, isoTime } from './event.ts';

/**
 * What EventBridge is told of a task: one event for each of its versions, which count just these. The detail is what
 * DescribeTasks shows, with times as text, without tags and health, and with a short name for its network interface.
 */
export function taskEvent(
  before: TaskRecord | undefined,
  after: TaskRecord | undefined,
  now: Instant,
): EventBody | undefined {
  if (!after || before?.version === after.version) return undefined;
  const {
    tags: _tags,
    healthStatus: _health,
    inferenceAccelerators: _none,
    ...shown
  } = taskView(after, { tags: false });
  const detail = {
    ...shown,
    attachments: shown.attachments?.map((attachment) => ({ ...attachment, type: 'eni' })),
    containers: shown.containers?.map(({ healthStatus: _containerHealth, ...container }) => container),
    updatedAt: isoTime(now),
  };
  return {
    accountId: after.accountId,
    region: after.region,
    detailType: 'ECS Task State Change',
    resources: [after.arn],
    detail: asDetail(detail),
  };
}
