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
  checkUpper(system, commit, versions, after);
}

function checkLower(
  system: System,
  changes: readonly Changed<TaskRecord>[],
  versions: readonly ServiceRecord[],
  service: ServiceRecord,
): void {
  const stopped = changes.filter(
    ({ before, after }) => isStoppedByScheduler(before, after) && after?.stoppedReason !== failedHealthChecks,
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
  { tasks: changedTasks, serviceDeployments }: Commit,
  versions: readonly ServiceRecord[],
  service: ServiceRecord,
): void {
  const started = changedTasks.flatMap(({ before, after }) =>
    !before && after?.serviceArn === service.arn ? [after] : [],
  );
  if (started.length === 0) return;
  const ended = serviceDeployments.flatMap(({ before }) => (before?.serviceArn === service.arn ? [before] : []));
  const staged = [...ended, ...system.durable.serviceDeployments.all()].find(
    (each) => each.serviceArn === service.arn && each.stages && each.finishedAt === undefined,
  );
  // What was stopped on its way and runs all the same since this commit: that may have become known after the decision.
  const ranLate = new Set(
    changedTasks.flatMap(({ key, before }) => (before?.desiredStatus === 'STOPPED' && !isCounted(before) ? [key] : [])),
  );
  const counted = tasksOf(system, service.arn).filter((task) => isCounted(task) && !ranLate.has(task.arn));
  const upper = Math.max(...versions.map((version) => percentOf(version, 'maximumPercent', Math.floor)));
  if (!staged) return failAbove(system, service, counted, upper, started);
  system.saw('start in stages');
  // Blue and green run beside each other: 200 %. What earlier deployments have left is not counted and gets no new tasks.
  const twice = 2 * Math.max(...versions.map(({ desiredCount }) => desiredCount));
  const blues = new Set(started.map(({ startedBy }) => startedBy).filter((id) => id !== staged.deploymentId));
  if (blues.size > 1)
    system.fail(bounds.name, `${service.name} starts tasks for ${[...blues].join(' and ')} in stages`);
  const blue = [...blues][0] ?? steadyDeployment(system, service);
  const both = counted.filter(({ startedBy }) => startedBy === staged.deploymentId || startedBy === blue);
  failAbove(system, service, both, Math.max(upper, twice), started);
}

function isCounted({ lastStatus, desiredStatus }: TaskRecord): boolean {
  if (lastStatus === 'RUNNING') return true;
  return desiredStatus === 'RUNNING' && ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(lastStatus);
}

function failAbove(
  system: System,
  { name, desiredCount }: ServiceRecord,
  counted: readonly TaskRecord[],
  upper: number,
  started: readonly TaskRecord[],
): void {
  if (counted.length <= upper) return;
  system.fail(
    bounds.name,
    `${name} wants ${desiredCount} and may have ${upper}; the controller started ${started.length} and there are ${counted.length}`,
  );
}

function steadyDeployment(system: System, { arn, steadyRevisionArn }: ServiceRecord): string | undefined {
  for (const { serviceArn, revisionArn, status, id } of system.durable.deployments.all()) {
    if (serviceArn === arn && revisionArn === steadyRevisionArn && status !== 'INACTIVE') return id;
  }
  return undefined;
}

function tasksOf(system: System, serviceArn: string): readonly TaskRecord[] {
  return [...system.durable.liveTasks].filter((task) => task.serviceArn === serviceArn);
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
