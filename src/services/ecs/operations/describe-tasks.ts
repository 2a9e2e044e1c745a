import type { DescribeTasksRequest, DescribeTasksResponse, Failure, Task } from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster, taskArnOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { taskView } from '../rules/task-view.ts';
import { tasks } from '../tables.ts';

/** Tasks of one cluster by id or ARN, stopped ones for an hour after they stopped. */
export const describeTasks: Operation<DescribeTasksRequest, DescribeTasksResponse, EcsParts> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { arn: clusterArn } = findCluster(reader, call, input.cluster);
    if (input.tasks.length === 0) throw invalidParameter('Tasks cannot be empty.');
    if (input.tasks.length > limits.describedTasks) {
      throw invalidParameter(`tasks can have at most ${limits.describedTasks} items.`);
    }
    const show = { tags: input.include?.includes('TAGS') ?? false };
    const described: Answer<Task>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(input.tasks.map((reference) => taskArnOf(call, clusterArn, reference)))) {
      const task = reader.get(tasks, arn);
      if (task) described.push(taskView(task, show));
      else failures.push({ arn, reason: 'MISSING' });
    }
    return { tasks: described, failures };
  });
