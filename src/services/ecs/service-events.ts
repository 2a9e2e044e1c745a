/** The events of a service that DescribeServices shows, and all their words in one place. */
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { limits } from './rules/limits.ts';
import { type ServiceEventRecord, type ServiceRecord, serviceEventKey, serviceEvents } from './service-tables.ts';

/**
 * Tells the user what happened to a service. The 100 newest events stay. A message equal to the newest one is not told
 * again for six hours, nor is a condition of which the service was told, whatever else has been said since, as long as it
 * lasts: what goes on for long is one event, not thousands. `isNew` says that what was told before had ended.
 */
export function addServiceEvent(
  tx: Transaction,
  env: Env,
  service: Pick<ServiceRecord, 'arn' | 'createdAt'>,
  message: string,
  { isNew = false }: { readonly isNew?: boolean } = {},
): void {
  const count = tx.count(serviceEvents, 'service', service.arn);
  // Ordinals of one service have no gaps: events come at the end and go at the beginning, one at a time.
  const [oldest] = tx.find(serviceEvents, 'service', service.arn);
  const newestOrdinal = oldest ? oldest.ordinal + count - 1 : 0;
  const newest = tx.get(serviceEvents, serviceEventKey({ serviceArn: service.arn, ordinal: newestOrdinal }));
  if (newest?.message === message && isStillTold(newest, service, env)) return;
  const condition = isNew ? undefined : conditions.find(({ words }) => words.test(message));
  if (condition && isTold(tx, env, service, condition)) return;
  if (oldest && count >= limits.eventsPerService) tx.delete(serviceEvents, serviceEventKey(oldest));
  tx.put(serviceEvents, {
    serviceArn: service.arn,
    id: env.newUuid(),
    ordinal: newestOrdinal + 1,
    createdAt: env.now,
    message,
  });
}

/** Told of this service, not of a deleted one of its name, and less than six hours ago. */
function isStillTold(event: ServiceEventRecord, service: Pick<ServiceRecord, 'createdAt'>, env: Env): boolean {
  return event.createdAt >= service.createdAt && event.createdAt + limits.repeatedEventMs > env.now;
}

interface Condition {
  readonly words: RegExp;
  /** What is told when it has ended. */
  readonly end: RegExp;
}

/** What lasts, and is told in other words each time or among other events. */
const conditions: readonly Condition[] = [
  { words: / was unable to place a task/, end: / has reached a steady state\.$/ },
  { words: / is unable to consistently start tasks/, end: / has reached a steady state\.$/ },
  { words: / was unable to stop or start tasks during a deployment/, end: / deployment completed\.$/ },
  { words: / was unable to reach steady state because /, end: / has reached a steady state\.$/ },
  { words: / is unable to place a task in /, end: / is AZ balanced with / },
  { words: / was unable to AZ Rebalance because /, end: / is AZ balanced with / },
];

function isTold(
  reader: Reader,
  env: Env,
  service: Pick<ServiceRecord, 'arn' | 'createdAt'>,
  { words, end }: Condition,
): boolean {
  for (const event of [...reader.find(serviceEvents, 'service', service.arn)].reverse()) {
    if (!isStillTold(event, service, env) || end.test(event.message)) return false;
    if (words.test(event.message)) return true;
  }
  return false;
}

const seeTroubleshooting = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** A service by its name, a task by its id, a deployment by ecs-svc/<digits>, a target group by its ARN. */
export const serviceMessage = {
  startedTasks: (service: string, taskIds: readonly string[]) =>
    `(service ${service}) has started ${taskIds.length} tasks: ${tasksOf(taskIds)}.`,
  stoppedRunningTasks: (service: string, taskIds: readonly string[]) =>
    `(service ${service}) has stopped ${taskIds.length} running tasks: ${tasksOf(taskIds)}.`,
  stoppedPendingTasks: (service: string, taskIds: readonly string[]) =>
    `(service ${service}) has stopped ${taskIds.length} pending tasks: ${tasksOf(taskIds)}.`,
  drainingConnections: (service: string, deploymentId: string, count: number) =>
    `(service ${service}, taskSet ${deploymentId}) has begun draining connections on ${count} tasks.`,
  registeredTargets: (service: string, count: number, targetGroupArn: string) =>
    `(service ${service}) registered ${count} targets in (target-group ${targetGroupArn})`,
  deregisteredTargets: (service: string, count: number, targetGroupArn: string) =>
    `(service ${service}) deregistered ${count} targets in (target-group ${targetGroupArn})`,
  deploymentCompleted: (service: string, deploymentId: string) =>
    `(service ${service}) (deployment ${deploymentId}) deployment completed.`,
  /** `reason` such as `tasks failed to start`, without the full stop. */
  deploymentFailed: (service: string, deploymentId: string, reason: string) =>
    `(service ${service}) (deployment ${deploymentId}) deployment failed: ${reason}.`,
  rollingBack: (service: string, deploymentId: string) =>
    `(service ${service}) rolling back to deployment ${deploymentId}.`,
  steadyState: (service: string) => `(service ${service}) has reached a steady state.`,
  failedContainerHealthChecks: (service: string, taskId: string) =>
    `(service ${service}) (task ${taskId}) failed container health checks.`,
  unhealthyTarget: (
    service: string,
    target: { readonly instanceId: string; readonly port: number; readonly targetGroupArn: string },
    reason: string,
  ) =>
    `(service ${service}) (instance ${target.instanceId}) (port ${target.port}) is unhealthy in (target-group ${target.targetGroupArn}) due to (reason ${reason})`,
  unableToStartTasksConsistently: (service: string) =>
    `(service ${service}) is unable to consistently start tasks successfully. ${seeTroubleshooting}`,
  /** On Fargate or a capacity provider. */
  unableToPlaceBecause: (service: string, reason: string) =>
    `(service ${service}) was unable to place a task. Reason: ${reason}.`,
  unableToDeploy: (service: string) =>
    `(service ${service}) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.`,
  protectedTasks: (service: string, deploymentId: string) =>
    `(service ${service}) was unable to reach steady state because (taskSet ${deploymentId}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks.`,
  zonesNotBalanced: (service: string, tasksByZone: ReadonlyMap<string, number>) =>
    `(service ${service}) is not AZ balanced with ${zonesOf(tasksByZone)}. AZ Rebalancing in progress.`,
  zonesBalanced: (service: string, tasksByZone: ReadonlyMap<string, number>) =>
    `(service ${service}) is AZ balanced with ${zonesOf(tasksByZone)}.`,
  startedToRebalance: (service: string, zone: string, taskIds: readonly string[]) =>
    `(service ${service}) has started ${taskIds.length} tasks in ${zone} to AZ Rebalance: ${tasksOf(taskIds)}.`,
  stoppedToRebalance: (service: string, zone: string, taskIds: readonly string[]) =>
    `(service ${service}) has stopped ${taskIds.length} running tasks in ${zone} due to AZ rebalancing: ${tasksOf(taskIds)}.`,
  unableToRebalance: (service: string, deploymentId: string) =>
    `(service ${service}) was unable to AZ Rebalance because (taskSet ${deploymentId}) was unable to scale in due to task protection.`,
  stoppedRebalancing: (service: string) => `(service ${service}) stopped AZ Rebalancing.`,
  unableToPlaceInZone: (service: string, zone: string) =>
    `(service ${service}) is unable to place a task in ${zone} because no container instance met all of its requirements.`,
} as const;

function tasksOf(taskIds: readonly string[]): string {
  return taskIds.map((id) => `(task ${id})`).join(' ');
}

function zonesOf(tasksByZone: ReadonlyMap<string, number>): string {
  return [...tasksByZone].map(([zone, count]) => `${count} tasks in ${zone}`).join(', ');
}
