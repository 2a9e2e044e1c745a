import { type TaskRecord, tasks } from '../../src/services/ecs/tables.ts';
import { statusOrder } from '../workload.ts';
import type { Checker } from './checker.ts';

/** Statuses only move forward in what is durable: from one commit to the next, over all restarts. */
export const forwardStatuses: Checker = {
  name: 'statuses only move forward',
  watch: (system) => {
    const last = new Map<string, TaskRecord>();
    system.onCommit((changes) => {
      for (const { table, key, value } of changes) {
        if (table !== tasks.name) continue;
        const before = last.get(key);
        if (value === undefined) {
          if (before && before.lastStatus !== 'STOPPED') system.fail(`${key} is removed while ${before.lastStatus}`);
          last.delete(key);
          continue;
        }
        const after = parse(value);
        last.set(key, after);
        if (!before) continue;
        if (statusOrder.indexOf(after.lastStatus) < statusOrder.indexOf(before.lastStatus)) {
          system.fail(`${key} goes back from ${before.lastStatus} to ${after.lastStatus}`);
        }
        if (before.desiredStatus === 'STOPPED' && after.desiredStatus === 'RUNNING') {
          system.fail(`${key} is wanted RUNNING again after STOPPED`);
        }
        if (after.version < before.version)
          system.fail(`${key} goes back from version ${before.version} to ${after.version}`);
        for (const container of after.containers) {
          const earlier = before.containers.find(({ name }) => name === container.name);
          if (earlier && containerOrder.indexOf(container.lastStatus) < containerOrder.indexOf(earlier.lastStatus)) {
            system.fail(
              `${key} container ${container.name} goes back from ${earlier.lastStatus} to ${container.lastStatus}`,
            );
          }
        }
      }
    });
  },
};

const containerOrder: readonly string[] = ['PENDING', 'RUNNING', 'STOPPED'];

/** The journal holds what the store wrote, so its text is trusted. */
function parse(value: string): TaskRecord {
  const record: TaskRecord = JSON.parse(value);
  return record;
}
