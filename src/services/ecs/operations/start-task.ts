import type { Failure, StartTaskRequest, StartTaskResponse } from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { clientError, invalidParameter } from '../errors.ts';
import { findInstance } from '../instance-reference.ts';
import type { EcsParts } from '../parts.ts';
import { candidateOf } from '../placement-index.ts';
import { containerInstanceArnOf, findCluster } from '../references.ts';
import type { TaskPlan } from '../rules/create-task.ts';
import { limits } from '../rules/limits.ts';
import { refuse } from '../rules/placement/filters.ts';
import { placementRefusals } from '../rules/task-request.ts';
import { taskView } from '../rules/task-view.ts';
import { throwFirst } from '../errors.ts';
import type { ContainerInstanceRecord, TaskRecord } from '../tables.ts';
import { planTasks, putTask, runnableDefinition, wantedOf } from '../task-launch.ts';

/**
 * One task on each instance that the caller names. Nothing is chosen, but what speaks against an instance still does:
 * the same filters as in RunTask, one failure for each instance that does not pass.
 */
export const startTask: Operation<StartTaskRequest, StartTaskResponse, EcsParts> = async (input, { call, store }) => {
  if (input.containerInstances.length === 0) throw clientError('Container Instances cannot be empty.');
  if (input.containerInstances.length > limits.instancesPerStart) {
    throw invalidParameter(`containerInstances can have at most ${limits.instancesPerStart} items.`);
  }
  const { started, failures } = await store.update((tx, env) => {
    const cluster = findCluster(tx, call, input.cluster);
    const definition = runnableDefinition(tx, call, input.taskDefinition);
    const none = { placementConstraints: [], placementStrategy: [] };
    throwFirst(placementRefusals(none, definition.definition));
    const planFor = (launchType: 'EC2' | 'EXTERNAL'): TaskPlan =>
      planTasks(tx, call, input, { cluster, definition, launchType, placementConstraints: [] });
    const started: TaskRecord[] = [];
    const failures: Answer<Failure>[] = [];
    for (const reference of input.containerInstances) {
      const arn = containerInstanceArnOf(call, cluster.arn, reference);
      const instance = findInstance(tx, arn);
      if (!instance || instance.status !== 'ACTIVE') {
        failures.push({ arn, reason: instance ? 'INACTIVE' : 'MISSING' });
        continue;
      }
      const plan = planFor(launchTypeOn(instance));
      const candidate = candidateOf(tx, instance);
      const reason = refuse(candidate, wantedOf(plan));
      if (reason === undefined) started.push(putTask(tx, env, plan, candidate, undefined));
      else failures.push({ arn, reason });
    }
    return { started, failures };
  });
  return { tasks: started.map((task) => taskView(task, { tags: true })), failures };
};

function launchTypeOn({ capacity }: ContainerInstanceRecord): 'EC2' | 'EXTERNAL' {
  return capacity === 'EXTERNAL' ? 'EXTERNAL' : 'EC2';
}
