import type { Instant } from '../../../../core/instant.ts';
import { isBefore } from '../lifecycle.ts';
import type { TaskRecord } from '../../tables.ts';

/** A task of a service that is not STOPPED, as the controller's rules see it. */
export interface ServiceTask {
  readonly arn: string;
  /** ecs-svc/… of the deployment or task set it was started for. */
  readonly deploymentId: string;
  readonly phase: TaskPhase;
  /** Whether it counts toward the upper bound: AWS counts what is RUNNING or on its way there. */
  readonly isCounted: boolean;
  /** HEALTHY counts toward the lower bound; WAITING may still get there. */
  readonly health: 'HEALTHY' | 'WAITING' | 'UNHEALTHY';
  /** When it became HEALTHY, for what counts from then. */
  readonly healthyAt?: Instant;
  /** When a WAITING task becomes HEALTHY, or a masked UNHEALTHY one shows it, by time alone. */
  readonly changesAt?: Instant;
  readonly startedAt?: Instant;
  /** Scale-in and deployments leave it alone. */
  readonly isProtected: boolean;
  readonly protectedUntil?: Instant;
  /** Its instance is draining. */
  readonly isDraining: boolean;
  readonly containerInstanceArn?: string;
  readonly availabilityZone?: string;
}

/** STARTING until it runs; STOPPING as soon as it is wanted STOPPED. */
export type TaskPhase = 'STARTING' | 'RUNNING' | 'STOPPING';

export interface HealthRules {
  /** How long after RUNNING a task without a health check counts as healthy. */
  readonly healthyAfterMs: number;
  /** How long after RUNNING a failed health check is overlooked. */
  readonly gracePeriodMs: number;
  /** Names of the essential containers of the task definition that have a health check. */
  readonly checkedContainers: ReadonlySet<string>;
}

export function serviceTask(task: TaskRecord, rules: HealthRules, isDraining: boolean, now: Instant): ServiceTask {
  const phase = phaseOf(task);
  const { startedAt, protectedUntil, containerInstanceArn, availabilityZone } = task;
  const { health, healthyAt, changesAt } = healthOf(task, phase, rules, now);
  // Member by member: a step of a large service makes thousands of these, and spreading is several times as slow.
  const seen: { -readonly [Name in keyof ServiceTask]: ServiceTask[Name] } = {
    arn: task.arn,
    deploymentId: task.startedBy ?? '',
    phase,
    isCounted: task.lastStatus === 'RUNNING' || phase === 'STARTING',
    health,
    isProtected: protectedUntil !== undefined && protectedUntil > now,
    isDraining,
  };
  if (healthyAt !== undefined) seen.healthyAt = healthyAt;
  if (changesAt !== undefined) seen.changesAt = changesAt;
  if (startedAt !== undefined) seen.startedAt = startedAt;
  if (protectedUntil !== undefined) seen.protectedUntil = protectedUntil;
  if (containerInstanceArn !== undefined) seen.containerInstanceArn = containerInstanceArn;
  if (availabilityZone !== undefined) seen.availabilityZone = availabilityZone;
  return seen;
}

function phaseOf(task: TaskRecord): TaskPhase {
  if (task.desiredStatus === 'STOPPED' || !isBefore(task, 'DEACTIVATING')) return 'STOPPING';
  return task.lastStatus === 'RUNNING' ? 'RUNNING' : 'STARTING';
}

type Health = Pick<ServiceTask, 'health' | 'healthyAt' | 'changesAt'>;

function healthOf(task: TaskRecord, phase: TaskPhase, rules: HealthRules, now: Instant): Health {
  if (phase !== 'RUNNING' || task.startedAt === undefined) return { health: 'WAITING' };
  if (rules.checkedContainers.size === 0) {
    const healthyAt = task.startedAt + rules.healthyAfterMs;
    return healthyAt <= now ? { health: 'HEALTHY', healthyAt } : { health: 'WAITING', changesAt: healthyAt };
  }
  let isHealthy = true;
  for (const { name, healthStatus } of task.containers) {
    if (!rules.checkedContainers.has(name)) continue;
    if (healthStatus === 'UNHEALTHY') {
      const shownAt = task.startedAt + rules.gracePeriodMs;
      return shownAt <= now ? { health: 'UNHEALTHY' } : { health: 'WAITING', changesAt: shownAt };
    }
    if (healthStatus !== 'HEALTHY') isHealthy = false;
  }
  return isHealthy ? { health: 'HEALTHY', healthyAt: task.healthStatusAt ?? task.startedAt } : { health: 'WAITING' };
}
