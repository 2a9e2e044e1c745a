import type { KnownOwner, KnownTaskSet } from '../task-set-users.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** When faults and users have ended, each task set has its share of the service's tasks, and no other has any. */
export const taskSetsSettle: Checker = {
  name: 'task sets come to what is wanted',
  settled: (system, workload) => {
    for (const owner of workload.taskSets.owners) {
      if (owner.isDeleted) checkGone(system, owner);
      else for (const taskSet of owner.taskSets.values()) check(system, owner, taskSet);
      const known = new Set(owner.isDeleted ? [] : owner.taskSets.keys());
      for (const { arn, serviceArn, status } of system.durable.taskSets.all()) {
        if (serviceArn === owner.arn && !known.has(arn)) {
          system.fail(taskSetsSettle.name, `${arn} is ${status} though it was deleted`);
        }
      }
    }
  },
};

function check(system: System, owner: KnownOwner, { arn, percent, isPrimary }: KnownTaskSet): void {
  const fail = (what: string): void => system.fail(taskSetsSettle.name, `${arn} ${what}`);
  const record = system.durable.taskSets.get(arn);
  if (!record) {
    fail('is not there');
    return;
  }
  if (record.status !== (isPrimary ? 'PRIMARY' : 'ACTIVE')) fail(`is ${record.status}`);
  const wanted = Math.ceil((owner.desiredCount * percent) / 100);
  const live = [...system.durable.tasks.all()].filter(
    ({ startedBy, lastStatus }) => startedBy === record.id && lastStatus !== 'STOPPED',
  );
  if (live.length !== wanted || live.some(({ lastStatus }) => lastStatus !== 'RUNNING')) {
    fail(`wants ${wanted} tasks and has ${live.length}: ${live.map(({ lastStatus }) => lastStatus).join(', ')}`);
  }
  if (record.stabilityStatus !== 'STEADY_STATE') fail(`stays ${record.stabilityStatus}`);
}

function checkGone(system: System, owner: KnownOwner): void {
  for (const { arn, serviceArn, lastStatus } of system.durable.tasks.all()) {
    if (serviceArn === owner.arn && lastStatus !== 'STOPPED') {
      system.fail(taskSetsSettle.name, `${arn} of deleted ${owner.name} stays ${lastStatus}`);
    }
  }
}
