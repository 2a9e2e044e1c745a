import { formatArn } from '../../../core/arn.ts';
import { assert } from '../../../core/assert.ts';
import { asUuid } from '../../../core/hex.ts';
import type { TaskContainer, TaskRecord } from '../tables.ts';

/**
 * ARN of a container of the task. Its last part is worked out of the task's own random id and the container's place in
 * the task, which never change, so that it need not be kept: it would be a sixth of what a task takes.
 */
export function containerArnOf(
  task: Pick<TaskRecord, 'accountId' | 'region' | 'clusterName' | 'id' | 'containers'>,
  container: TaskContainer,
): string {
  if (container.arn !== undefined) return container.arn;
  const { accountId, region, clusterName, id } = task;
  const index = task.containers.indexOf(container);
  assert(index !== -1, `container ${container.name} is one of task ${id}`);
  const place = index.toString(16).padStart(2, '0');
  // Backwards, so that nobody takes it for the task's id with a mistake in it.
  const digits = Array.from(id).toReversed().join('').slice(0, 30);
  return formatArn({
    accountId,
    region,
    service: 'ecs',
    resource: `container/${clusterName}/${id}/${asUuid(`${digits}${place}`)}`,
  });
}
