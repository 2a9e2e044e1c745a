import type { Failure, RunTaskRequest, RunTaskResponse } from '@aws-sdk/client-ecs';
import type { Answer, Call, Operation, Parsed } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import type { Env, Transaction } from '../../../store/store.ts';
import type { Hash } from '../../../world/world.ts';
import { conflict, invalidParameter, throwFirst } from '../errors.ts';
import { capacityOfRequest, platformVersionOf } from '../launch-capacity.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { assignProviders } from '../rules/capacity-provider-strategy.ts';
import type { TaskPlan } from '../rules/create-task.ts';
import { limits } from '../rules/limits.ts';
import { parseStrategies } from '../rules/placement/parse-strategies.ts';
import type { Strategy } from '../rules/placement/strategies.ts';
import { clientTokenRefusals, countRefusals, placementRefusals } from '../rules/task-request.ts';
import { taskView } from '../rules/task-view.ts';
import { clientTokens, type TaskRecord, tasks } from '../tables.ts';
import { placementOf, planTasks, putTask, runnableDefinition } from '../task-launch.ts';

/**
 * Places and writes up to ten tasks in one transaction, so that no two of them, of this request or of another, are
 * promised the same room. A task that finds none is told of in `failures`; the others stand.
 */
export const runTask: Operation<RunTaskRequest, RunTaskResponse, EcsParts> = async (input, { call, store, parts }) => {
  throwFirst(countRefusals(input.count ?? 1));
  throwFirst(clientTokenRefusals(input.clientToken));
  const digest = input.clientToken === undefined ? '' : requestDigest(input, parts.hash);
  const { run, failures } = await store.update((tx, env) => {
    const repeated = repeatedRun(tx, env, call, input.clientToken, digest);
    if (repeated) return { run: repeated, failures: [] };
    const done = runTasks(tx, env, call, input);
    if (input.clientToken !== undefined && done.run.length > 0) {
      tx.put(clientTokens, {
        accountId: call.accountId,
        region: call.region,
        operation: 'RunTask',
        clientToken: input.clientToken,
        requestDigest: digest,
        taskArns: done.run.map((task) => task.arn),
        usedAt: env.now,
      });
    }
    return done;
  });
  return { tasks: run.map((task) => taskView(task, { tags: true })), failures };
};

interface Run {
  readonly run: readonly TaskRecord[];
  readonly failures: readonly Answer<Failure>[];
}

function runTasks(tx: Transaction, env: Env, call: Call, input: Parsed<RunTaskRequest>): Run {
  const cluster = findCluster(tx, call, input.cluster);
  const definition = runnableDefinition(tx, call, input.taskDefinition);
  const { launchType, strategy } = capacityOfRequest(input, cluster);
  const platformVersion = platformVersionOf(input.platformVersion, launchType);
  const placementConstraints = launchType === 'FARGATE' ? [] : (input.placementConstraints ?? []);
  const plan = planTasks(tx, call, input, {
    cluster,
    definition,
    launchType,
    placementConstraints,
    ...(platformVersion !== undefined && { platformVersion }),
  });
  const providers = assignProviders(strategy, input.count ?? 1);
  const tasksToRun = Array.from({ length: input.count ?? 1 }, (_, index) => providers[index]);
  // Fargate has neither instances to choose from nor a say in the choice: constraints and strategies are for the others.
  if (launchType === 'FARGATE') return runOnFargate(tx, env, plan, tasksToRun);
  const placementStrategy = input.placementStrategy ?? [];
  throwFirst(placementRefusals({ placementConstraints, placementStrategy }, definition.definition));
  const parsed = parseStrategies(placementStrategy);
  if ('refusal' in parsed) throw invalidParameter(parsed.refusal.message);
  return runOnInstances(tx, env, plan, tasksToRun.length, parsed.strategies);
}

function runOnInstances(
  tx: Transaction,
  env: Env,
  plan: TaskPlan,
  count: number,
  strategies: readonly Strategy[],
): Run {
  const placement = placementOf(tx, plan, strategies);
  if (placement.poolSize === 0) throw invalidParameter('No Container Instances were found in your cluster.');
  const run: TaskRecord[] = [];
  const failures: Answer<Failure>[] = [];
  for (let index = 0; index < count; index += 1) {
    const chosen = placement.choose(() => env.random.fraction());
    if (chosen) {
      run.push(putTask(tx, env, plan, chosen, undefined));
      continue;
    }
    for (const { candidate, reason } of placement.refusals()) {
      // Differs from AWS: a large cluster without room would give an answer of thousands of equal reasons.
      if (failures.length === limits.failuresPerRun) return { run, failures };
      failures.push({ arn: candidate.instance.arn, reason });
    }
  }
  return { run, failures };
}

const noFargateCapacity =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

function runOnFargate(tx: Transaction, env: Env, plan: TaskPlan, providers: readonly (string | undefined)[]): Run {
  const placement = placementOf(tx, plan, []);
  const run: TaskRecord[] = [];
  const failures: Answer<Failure>[] = [];
  for (const provider of providers) {
    const chosen = placement.choose(() => env.random.fraction());
    if (chosen) run.push(putTask(tx, env, plan, chosen, provider));
    // The hosts of the pool are not the client's to see, so none is named.
    else failures.push({ reason: noFargateCapacity });
  }
  return { run, failures };
}

/** The tasks of the request that first used this token, as they are now; undefined when the token is free. */
function repeatedRun(
  tx: Transaction,
  env: Env,
  call: Call,
  clientToken: string | undefined,
  digest: string,
): readonly TaskRecord[] | undefined {
  if (clientToken === undefined) return undefined;
  const used = tx.get(clientTokens, `${scopeKey(call)}/RunTask/${clientToken}`);
  if (!used || used.usedAt + limits.clientTokenMs <= env.now) return undefined;
  if (used.requestDigest !== digest) {
    throw conflict('The client token has been used for a request with other parameters.', used.taskArns);
  }
  return used.taskArns.flatMap((arn) => tx.get(tasks, arn) ?? []);
}

/** The same whatever the order in which a client writes the members. */
function requestDigest({ clientToken: _token, ...request }: Parsed<RunTaskRequest>, hash: Hash): string {
  return hash.sha256Hex(
    JSON.stringify(request, (_name, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ),
  );
}
