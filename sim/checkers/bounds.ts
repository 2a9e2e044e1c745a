import type { ServiceRecord } from '../../src/services/ecs/service-tables.ts';
import type { TaskRecord } from '../../src/services/ecs/tables.ts';
import type { Changed, Commit } from '../durable.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';
import { failedHealthChecks, isHealthyAt, isStoppedByScheduler } from './service-health.ts';

/**
 * By what the controller itself does, never fewer healthy tasks than minimumHealthyPercent asks for and never more tasks
 * than maximumPercent allows. What the world takes away is not held against it: a commit breaks the lower bound only if
 * what the controller stopped in it is missing, and the upper only if it started something in it.
 */
export const bounds: Checker = {
  name: 'deployments keep within their bounds',
  watch: (system) => {
    system.onCommit((commit) => {
      for (const arn of servicesOf(commit)) check(system, commit, arn);
    });
  },
};

function servicesOf({ tasks }: Commit): ReadonlySet<string> {
  const arns = new Set<string>();
  for (const { before, after } of tasks) {
    const isNew = !before && after?.startedBy?.startsWith('ecs-svc/');
    if (after?.serviceArn !== undefined && (isNew || isStoppedByScheduler(before, after))) arns.add(after.serviceArn);
  }
  return arns;
}

function check(system: System, commit: Commit, serviceArn: string): void {
  const after = system.durable.services.get(serviceArn);
  if (after?.status !== 'ACTIVE' || after.deploymentController !== 'ECS') return;
  const changed = commit.services.find(({ key }) => key === serviceArn);
  const versions = changed?.before ? [changed.before, after] : [after];
  const ofService = commit.tasks.filter((change) => change.after?.serviceArn === serviceArn);
  checkLower(system, ofService, versions, after);
  checkUpper(system, ofService, versions, after);
}

function checkLower(
  system: System,
  changes: readonly Changed<TaskRecord>[],
  versions: readonly ServiceRecord[],
  service: ServiceRecord,
): void {
  // A deployment in stages clears away what has served nobody: what serves is the revision that was steady.
  const isStaged = underWayInStages(system, service.arn);
  const stopped = changes.filter(
    ({ before, after }) =>
      isStoppedByScheduler(before, after) &&
      after?.stoppedReason !== failedHealthChecks &&
      (!isStaged || isSteady(system, service, after)),
  );
  if (stopped.length === 0) return;
  const now = Math.max(...stopped.map(({ after }) => after?.stoppingAt ?? 0));
  const stoppedHealthy = stopped.filter(({ before }) => isHealthyAt(before, now)).length;
  if (stoppedHealthy === 0) return;
  const gone = new Set(stopped.map(({ key }) => key));
  const healthy = new Set<string>();
  // What was healthy before the commit or after it: the world may have taken some within it, after the decision.
  for (const { key, before, after } of changes) {
    if (before?.desiredStatus === 'RUNNING' && isHealthyAt(before, now)) healthy.add(key);
    // Its health has changed within the commit, perhaps twice: it may have been healthy when it was decided.
    if (before?.lastStatus === 'RUNNING' && after?.healthStatusAt !== before.healthStatusAt) healthy.add(key);
  }
  for (const task of tasksOf(system, service.arn)) {
    if (task.desiredStatus === 'RUNNING' && isHealthyAt(task, now)) healthy.add(task.arn);
  }
  const left = [...healthy].filter((arn) => !gone.has(arn)).length;
  const lower = Math.min(...versions.map((version) => percentOf(version, 'minimumHealthyPercent', Math.ceil)));
  if (left < lower) {
    system.fail(
      bounds.name,
      `${service.name} wants ${service.desiredCount} and must keep ${lower} healthy; the controller stopped ${stoppedHealthy} healthy ones and left ${left}`,
    );
  }
}

function checkUpper(
  system: System,
  changes: readonly Changed<TaskRecord>[],
  versions: readonly ServiceRecord[],
  service: ServiceRecord,
): void {
  const isStaged = versions.some(({ deploymentConfiguration: { strategy = 'ROLLING' } }) => strategy !== 'ROLLING');
  const started = changes.filter(({ before, after }) => !before && after);
  // The two fleets of a blue/green deployment are as many as desired each.
  if (started.length === 0 || isStaged || underWayInStages(system, service.arn)) return;
  const counted = tasksOf(system, service.arn).filter(
    ({ lastStatus, desiredStatus }) =>
      lastStatus === 'RUNNING' ||
      (desiredStatus === 'RUNNING' && ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(lastStatus)),
  ).length;
  const upper = Math.max(...versions.map((version) => percentOf(version, 'maximumPercent', Math.floor)));
  if (counted > upper) {
    system.fail(
      bounds.name,
      `${service.name} wants ${service.desiredCount} and may have ${upper}; the controller started ${started.length} and there are ${counted}`,
    );
  }
}

function isSteady(system: System, { steadyRevisionArn }: ServiceRecord, task: TaskRecord | undefined): boolean {
  const revision = system.durable.deployments.get(task?.startedBy ?? '')?.revisionArn;
  return revision !== undefined && revision === steadyRevisionArn;
}

function underWayInStages(system: System, serviceArn: string): boolean {
  for (const each of system.durable.serviceDeployments.all()) {
    if (each.serviceArn === serviceArn && each.stages && each.finishedAt === undefined) return true;
  }
  return false;
}

function tasksOf(system: System, serviceArn: string): readonly TaskRecord[] {
  return [...system.durable.tasks.all()].filter(
    (task) => task.serviceArn === serviceArn && task.lastStatus !== 'STOPPED',
  );
}

function percentOf(
  { desiredCount, deploymentConfiguration, schedulingStrategy }: ServiceRecord,
  member: 'minimumHealthyPercent' | 'maximumPercent',
  round: (value: number) => number,
): number {
  const defaults = schedulingStrategy === 'DAEMON' ? daemonDefaults : replicaDefaults;
  return round((desiredCount * (deploymentConfiguration[member] ?? defaults[member])) / 100);
}

const replicaDefaults = { minimumHealthyPercent: 100, maximumPercent: 200 };
const daemonDefaults = { minimumHealthyPercent: 0, maximumPercent: 100 };
