import type { ServiceRecord } from '../../src/services/ecs/service-tables.ts';
import type { KnownService } from '../service-users.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** When faults and users have ended, services are as they are wanted and their deployments have come to an end. */
export const serviceSettles: Checker = {
  name: 'services come to what is wanted',
  settled: (system, workload) => {
    for (const service of workload.services.known.values()) {
      const record = system.durable.services.get(service.arn);
      if (service.isDeleted) checkGone(system, service, record);
      else if (record) checkLive(system, service, record);
      else system.fail(serviceSettles.name, `${service.name} is not there`);
    }
    for (const { arn, serviceArn, status } of system.durable.serviceDeployments.all()) {
      if (['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(status)) {
        system.fail(serviceSettles.name, `${arn} of ${serviceArn} stays ${status}`);
      }
    }
    for (const task of system.durable.tasks.all()) {
      if (
        task.serviceArn !== undefined &&
        task.lastStatus !== 'STOPPED' &&
        !workload.services.known.has(task.serviceArn) &&
        !workload.taskSets.owners.some(({ arn }) => arn === task.serviceArn)
      )
        system.fail(serviceSettles.name, `${task.arn} runs for ${task.serviceArn}, which nobody created`);
    }
  },
};

function checkGone(system: System, { name, arn }: KnownService, record: ServiceRecord | undefined): void {
  if (record && record.status !== 'INACTIVE')
    system.fail(serviceSettles.name, `deleted ${name} stays ${record.status}`);
  for (const task of system.durable.tasks.all()) {
    if (task.serviceArn === arn && task.lastStatus !== 'STOPPED') {
      system.fail(serviceSettles.name, `${task.arn} of deleted ${name} stays ${task.lastStatus}`);
    }
  }
}

function checkLive(system: System, service: KnownService, record: ServiceRecord): void {
  const { durable } = system;
  const fail = (what: string): void =>
    system.fail(serviceSettles.name, `${service.name} (${service.shape.family}) ${what}`);
  const shown = [...durable.deployments.all()].filter(
    (each) => each.serviceArn === service.arn && each.status !== 'INACTIVE',
  );
  const primary = shown.find(({ status }) => status === 'PRIMARY');
  if (!primary) {
    fail('has no PRIMARY deployment');
    return;
  }
  const live = [...durable.tasks.all()].filter(
    (task) => task.serviceArn === service.arn && task.lastStatus !== 'STOPPED',
  );
  if (primary.rolloutState === 'FAILED') {
    // Failed without a roll-back: it stays as it is, as AWS leaves it.
    const deployment = durable.serviceDeployments.get(primary.serviceDeploymentArn);
    const reason = deployment?.statusReason ?? '';
    // A hook that nobody answered and an alarm that went off fail what works, too.
    const mayFail =
      service.shape.outcome !== 'runs' ||
      reason.startsWith('Lifecycle hook') ||
      deployment?.alarms.status === 'TRIGGERED';
    if (!mayFail) fail(`has failed though what it runs works: ${reason}`);
    return;
  }
  if (primary.rolloutState !== 'COMPLETED') fail(`stays ${primary.rolloutState}: ${primary.rolloutStateReason}`);
  if (shown.length !== 1) fail(`shows ${shown.length} deployments though it is steady`);
  const isAsWanted = live.every(
    ({ lastStatus, desiredStatus, startedBy }) =>
      lastStatus === 'RUNNING' && desiredStatus === 'RUNNING' && startedBy === primary.id,
  );
  const wanted = service.isDaemon ? record.desiredCount : service.desiredCount;
  if (live.length !== wanted || !isAsWanted) {
    fail(`wants ${wanted} tasks and has ${live.length}: ${live.map(({ lastStatus }) => lastStatus).join(', ')}`);
  }
}
