import type { TaskRecord } from '../../src/services/ecs/tables.ts';
import type { System } from '../system.ts';
import { statusOrder } from '../task-users.ts';
import type { Checker } from './checker.ts';

/** Statuses only move forward in what is durable: from one commit to the next, over all restarts. */
export const forwardStatuses: Checker = {
  name: 'statuses only move forward',
  watch: (system) =>
    system.onCommit(({ tasks }) => {
      for (const { key, before, after } of tasks) check(system, key, before, after);
    }),
};

function check(system: System, arn: string, before: TaskRecord | undefined, after: TaskRecord | undefined): void {
  const fail = (what: string): void => system.fail(forwardStatuses.name, `${arn} ${what}`);
  if (!before) return;
  if (!after) {
    if (before.lastStatus !== 'STOPPED') fail(`is removed while ${before.lastStatus}`);
    return;
  }
  if (statusOrder.indexOf(after.lastStatus) < statusOrder.indexOf(before.lastStatus)) {
    fail(`goes back from ${before.lastStatus} to ${after.lastStatus}`);
  }
  if (before.desiredStatus === 'STOPPED' && after.desiredStatus === 'RUNNING') fail('is wanted RUNNING after STOPPED');
  if (after.version < before.version) fail(`goes back from version ${before.version} to ${after.version}`);
  for (const container of after.containers) {
    const earlier = before.containers.find(({ name }) => name === container.name);
    if (earlier && containerOrder.indexOf(container.lastStatus) < containerOrder.indexOf(earlier.lastStatus)) {
      fail(`container ${container.name} goes back from ${earlier.lastStatus} to ${container.lastStatus}`);
    }
  }
}

const containerOrder: readonly string[] = ['PENDING', 'RUNNING', 'STOPPED'];
