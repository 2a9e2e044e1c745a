import type { TaskRecord } from '../../src/services/ecs/tables.ts';
import { memberOfRack } from '../service-requests.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** Where a task of a service goes, at the moment it goes there: its constraints hold, and its instance takes tasks. */
export const placement: Checker = {
  name: 'tasks are placed where they may be',
  watch: (system) => {
    system.onCommit((commit) => {
      for (const { before, after } of commit.tasks) {
        if (!after?.serviceArn || after.containerInstanceArn === undefined) continue;
        if (before?.containerInstanceArn === after.containerInstanceArn) continue;
        // Placed and told to stop within one commit: what came into its place in between was no neighbour of it.
        if (after.desiredStatus === 'STOPPED') continue;
        const instance = commit.instances.find(({ key }) => key === after.containerInstanceArn);
        const statuses = [instance?.before?.status, system.durable.instances.get(after.containerInstanceArn)?.status];
        check(system, after, after.containerInstanceArn, statuses);
      }
    });
  },
};

function check(system: System, task: TaskRecord, instanceArn: string, statuses: readonly (string | undefined)[]): void {
  const service = system.durable.services.get(task.serviceArn ?? '');
  if (!service) return;
  const fail = (what: string): void => system.fail(placement.name, `${task.arn} of ${service.name} ${what}`);
  if (!statuses.includes('ACTIVE')) fail(`is placed on ${instanceArn}, which is ${String(statuses.at(-1))}`);
  const others = [...system.durable.liveTasks].filter(
    (other) =>
      other.serviceArn === task.serviceArn &&
      other.arn !== task.arn &&
      other.containerInstanceArn === instanceArn &&
      other.desiredStatus === 'RUNNING',
  );
  // One that is stopping is in nobody's way. The task carries the constraints it was placed by: an update of the service comes later.
  if (task.placementConstraints.some(({ type }) => type === 'distinctInstance') && others.length > 0) {
    fail(`shares its instance with ${others.map(({ arn }) => arn).join(', ')}`);
  }
  if (task.placementConstraints.some(({ type }) => type === 'memberOf')) {
    const rack = system.durable.instances.get(instanceArn)?.attributes.find(({ name }) => name === 'rack')?.value;
    if (rack !== memberOfRack) fail(`must be on rack ${memberOfRack} and is on ${String(rack)}`);
  }
  if (service.schedulingStrategy === 'DAEMON') {
    const twin = others.find((other) => other.startedBy === task.startedBy);
    if (twin) fail(`is the second on ${instanceArn}, beside ${twin.arn}`);
  }
}
