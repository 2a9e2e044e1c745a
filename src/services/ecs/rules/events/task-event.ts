import type { Instant } from '../../../../core/instant.ts';
import type { TaskRecord } from '../../tables.ts';
import { taskView } from '../task-view.ts';
import { asDetail, type EventBody, isoTime } from './event.ts';

/** One event for each of its versions, which count just these. */
export function isTaskTold(before: TaskRecord | undefined, after: TaskRecord | undefined): after is TaskRecord {
  return after !== undefined && before?.version !== after.version;
}

/**
 * What EventBridge is told of a task as it was at a time. The detail is what DescribeTasks shows, with times as text,
 * without tags and health, and with a short name for its network interface.
 */
export function taskEvent(task: TaskRecord, now: Instant): EventBody {
  const {
    tags: _tags,
    healthStatus: _health,
    inferenceAccelerators: _none,
    ...shown
  } = taskView(task, { tags: false });
  const detail = {
    ...shown,
    attachments: shown.attachments?.map((attachment) => ({ ...attachment, type: 'eni' })),
    containers: shown.containers?.map(({ healthStatus: _containerHealth, ...container }) => container),
    updatedAt: isoTime(now),
  };
  return {
    accountId: task.accountId,
    region: task.region,
    detailType: 'ECS Task State Change',
    resources: [task.arn],
    detail: asDetail(detail),
  };
}
