import { serviceEvents } from '../../src/services/ecs/service-tables.ts';
import type { TaskRecord } from '../../src/services/ecs/tables.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** No task runs without the role and the secrets it asks for, and each is given capacity of its service's strategy. */
export const launches: Checker = {
  name: 'tasks start with what they ask for',
  watch: (system) => {
    system.onCommit((commit) => {
      for (const { before, after } of commit.tasks) {
        if (!after) continue;
        if (!before) checkCapacity(system, after);
        if (after.lastStatus === 'RUNNING' && withoutWhatTheyAsk.includes(after.family))
          system.fail(launches.name, `${after.arn} (${after.family}) runs`);
        if (before?.stoppedReason !== after.stoppedReason) sawWhy(system, after.stoppedReason ?? '');
      }
      for (const { before, after } of commit.services) {
        if (!before?.isRebalancing && after?.isRebalancing) system.saw('zones: tasks are moved');
        if (before?.isRebalancing && !after?.isRebalancing) system.saw('zones: tasks have been moved');
      }
    });
    system.onWrite((changes) => {
      for (const { table, value } of changes) {
        if (table === serviceEvents.name && value?.includes(unableToAssume)) system.saw('service without its role');
      }
    });
  },
};

const withoutWhatTheyAsk: readonly string[] = ['s-no-secret', 'no-secret'];
const unableToAssume = 'ECS was unable to assume the role';
const unableToFetch = 'ResourceInitializationError: unable to pull secrets';

function sawWhy(system: System, stoppedReason: string): void {
  if (stoppedReason.startsWith(unableToAssume)) system.saw('task stopped without its role');
  if (stoppedReason.startsWith(unableToFetch)) system.saw('task stopped without its secret');
}

function checkCapacity(system: System, task: TaskRecord): void {
  const { serviceArn, startedBy = '', capacityProviderName } = task;
  if (serviceArn === undefined) return;
  if (system.durable.services.get(serviceArn)?.schedulingStrategy === 'DAEMON') system.saw('task of a DAEMON service');
  if (capacityProviderName !== undefined) system.saw(`task on ${capacityProviderName}`);
  const deployment = system.durable.deployments.get(startedBy);
  const settings = system.durable.revisions.get(deployment?.revisionArn ?? '')?.settings;
  if (!settings) return;
  const strategy = settings.capacityProviderStrategy ?? [];
  const names = strategy.map((item) => item.capacityProvider);
  const isRight =
    strategy.length === 0 ? capacityProviderName === undefined : names.includes(capacityProviderName ?? '');
  if (!isRight) {
    const given = String(capacityProviderName);
    system.fail(launches.name, `${task.arn} is given ${given}, and its strategy has ${names.join(', ') || 'none'}`);
  }
}
