import { equal } from '../../src/core/equal.ts';
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../src/services/ecs/service-tables.ts';
import type { Commit } from '../durable.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';
import { failedHealthChecks } from './service-health.ts';

/**
 * Deployments go one way, one of a service is PRIMARY, and only that one starts tasks, while it has not failed; one that it
 * leaves replaces what it has lost, and never has more than it had.
 */
export const deployments: Checker = {
  name: 'deployments go their way',
  watch: (system) => {
    system.onCommit((commit) => {
      for (const { key, before, after } of commit.deployments) {
        if (before && after) checkDeployment(system, key, before, after);
        if (after?.rolloutState === 'COMPLETED' && before?.rolloutState !== 'COMPLETED') checkCompleted(system, after);
      }
      for (const arn of new Set(commit.deployments.flatMap(({ after }) => (after ? [after.serviceArn] : [])))) {
        checkPrimary(system, arn);
      }
      for (const { before, after } of commit.serviceDeployments) {
        if (after && before?.status !== after.status) system.saw(`service deployment ${after.status}`);
        if (before && after) checkServiceDeployment(system, before, after);
      }
      for (const { key, before, after } of commit.revisions) {
        if (before && after && !equal(before.settings, after.settings)) {
          system.fail(deployments.name, `revision ${key} changes its settings`);
        }
      }
      checkStarts(system, commit);
      checkKept(system, commit);
    });
  },
};

function checkDeployment(system: System, id: string, before: DeploymentRecord, after: DeploymentRecord): void {
  const order = ['PRIMARY', 'ACTIVE', 'INACTIVE'];
  // A roll-back makes the deployment that it goes back to the PRIMARY one again, and that one begins anew.
  const isReturnedTo = before.status === 'ACTIVE' && after.status === 'PRIMARY' && isRolledBackTo(system, after);
  if (order.indexOf(after.status) < order.indexOf(before.status) && !isReturnedTo) {
    system.fail(deployments.name, `${id} goes back from ${before.status} to ${after.status}`);
  }
  if (before.rolloutState !== 'IN_PROGRESS' && after.rolloutState !== before.rolloutState && !isReturnedTo) {
    system.fail(deployments.name, `${id} was ${before.rolloutState} and is ${after.rolloutState}`);
  }
  if (after.revisionArn !== before.revisionArn) system.fail(deployments.name, `${id} changes its revision`);
}

function isRolledBackTo(system: System, { serviceArn, revisionArn }: DeploymentRecord): boolean {
  for (const each of system.durable.serviceDeployments.all()) {
    if (each.serviceArn === serviceArn && each.rollback?.serviceRevisionArn === revisionArn) return true;
  }
  return false;
}

function checkPrimary(system: System, serviceArn: string): void {
  let primaries = 0;
  for (const each of system.durable.deployments.all()) {
    if (each.serviceArn === serviceArn && each.status === 'PRIMARY') primaries += 1;
  }
  if (primaries > 1) system.fail(deployments.name, `${serviceArn} has ${primaries} PRIMARY deployments`);
}

function checkServiceDeployment(system: System, before: ServiceDeploymentRecord, after: ServiceDeploymentRecord): void {
  if (before.finishedAt !== undefined && (after.status !== before.status || after.finishedAt !== before.finishedAt)) {
    system.fail(deployments.name, `${after.arn} had ended ${before.status} and is ${after.status}`);
  }
  const { status, failureCount: failures, threshold } = after.circuitBreaker;
  const isOn = after.status === 'IN_PROGRESS' && !after.stages && status === 'MONITORING';
  if (isOn && failures > before.circuitBreaker.failureCount && failures >= threshold) {
    system.fail(deployments.name, `${after.arn} goes on after ${failures} failures of ${threshold}`);
  }
  if (before.rollback && !after.rollback) system.fail(deployments.name, `${after.arn} takes back its roll-back`);
  if (after.circuitBreaker.status === 'TRIGGERED' && before.circuitBreaker.status !== 'TRIGGERED') {
    system.saw('circuit breaker triggered');
    // What rolls back is judged by the failed tasks of the deployment that it goes back to.
    const isRollingBack = before.status === 'ROLLBACK_IN_PROGRESS';
    const failureCount = Math.min(after.circuitBreaker.failureCount, failedTasksOf(system, after));
    if (!isRollingBack && failureCount < after.circuitBreaker.threshold) {
      system.fail(
        deployments.name,
        `the breaker of ${after.arn} trips at ${failureCount} failures of ${after.circuitBreaker.threshold}`,
      );
    }
  }
}

/** What was started before has gone by the time a deployment is complete, unless it was to complete earlier. */
function checkCompleted(system: System, { id, serviceArn, serviceDeploymentArn }: DeploymentRecord): void {
  const { earlySuccessCriteria } =
    system.durable.serviceDeployments.get(serviceDeploymentArn)?.deploymentConfiguration ?? {};
  if (earlySuccessCriteria?.enable) system.saw('early success');
  if (earlySuccessCriteria?.enable && earlySuccessCriteria.sourceServiceRevisionCleanup === 'DEFERRED') return;
  for (const task of system.durable.liveTasks) {
    const isOlder = task.serviceArn === serviceArn && task.startedBy?.startsWith('ecs-svc/') && task.startedBy !== id;
    if (!isOlder || task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') continue;
    system.fail(deployments.name, `${id} is complete while ${task.arn} of ${task.startedBy} runs`);
  }
}

/** Counted anew: tasks that never ran or were stopped for their health. */
function failedTasksOf(system: System, { deploymentId }: ServiceDeploymentRecord): number {
  let count = 0;
  for (const { startedBy, startedAt, stoppedReason, desiredStatus } of system.durable.tasks.all()) {
    if (startedBy !== deploymentId || desiredStatus !== 'STOPPED') continue;
    if (startedAt === undefined || stoppedReason === failedHealthChecks) count += 1;
  }
  return count;
}

function checkStarts(system: System, { tasks, deployments: changed }: Commit): void {
  for (const { before, after } of tasks) {
    if (!before && after) system.saw('task');
    if (before || !after?.serviceArn || after.startedBy === undefined) continue;
    const deployment = system.durable.deployments.get(after.startedBy);
    if (!deployment || underWayInStages(system, after.serviceArn)) continue;
    // As it was before the commit or is after it: within it, it may have been superseded, or returned to.
    const change = changed.find(({ key }) => key === deployment.id);
    if (change && !change.before) continue;
    const moments = [deployment, change?.before ?? deployment];
    if (moments.every(({ status }) => status === 'INACTIVE')) {
      system.fail(deployments.name, `${after.arn} is started for ${deployment.id}, which is ${deployment.status}`);
    }
    if (moments.every(({ status }) => status === 'ACTIVE')) {
      system.saw('replacement in a source');
      const kept = Math.max(...moments.map(({ desiredCount }) => desiredCount));
      const live = liveOf(system, deployment.id);
      if (live > kept) {
        system.fail(
          deployments.name,
          `${after.arn} is started for ${deployment.id}, which is left with ${kept} tasks to keep and has ${live}`,
        );
      }
    }
    if (moments.every(({ rolloutState }) => rolloutState === 'FAILED')) {
      system.fail(deployments.name, `${after.arn} is started for ${deployment.id}, which has failed`);
    }
  }
}

function liveOf(system: System, deploymentId: string): number {
  let live = 0;
  for (const task of system.durable.liveTasks) {
    const { startedBy, desiredStatus, healthStatus, containerInstanceArn = '' } = task;
    if (startedBy !== deploymentId || desiredStatus !== 'RUNNING') continue;
    // What is to leave its instance is replaced as well, and what fails its checks counts for nothing.
    if (system.durable.instances.get(containerInstanceArn)?.status === 'DRAINING') continue;
    if (healthStatus !== 'UNHEALTHY') live += 1;
  }
  return live;
}

/** What is left never has more to keep than it had, unless its service is scaled out. */
function checkKept(system: System, commit: Commit): void {
  for (const { key, before, after } of commit.deployments) {
    if (before?.status !== 'ACTIVE' || after?.status !== 'ACTIVE') continue;
    const more = after.desiredCount - before.desiredCount;
    if (more <= 0 || underWayInStages(system, after.serviceArn)) continue;
    system.saw('source scaled out');
    const scaled = commit.deployments.filter((change) => change.after?.serviceArn === after.serviceArn);
    const isScaledOut = scaled.some((change) => {
      const isPrimary = change.after?.status === 'PRIMARY' || change.before?.status === 'PRIMARY';
      const by = (change.after?.desiredCount ?? 0) - (change.before?.desiredCount ?? 0);
      return isPrimary && (by >= more || !change.before);
    });
    if (!isScaledOut)
      system.fail(deployments.name, `${key} was to keep ${before.desiredCount} and now ${after.desiredCount}`);
  }
}

function underWayInStages(system: System, serviceArn: string): boolean {
  for (const each of system.durable.serviceDeployments.all()) {
    if (each.serviceArn === serviceArn && each.stages && each.finishedAt === undefined) return true;
  }
  return false;
}
