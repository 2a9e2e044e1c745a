import { type ContainerInstanceRecord, containerInstances, tasks } from '../../src/services/ecs/tables.ts';
import { equal } from '../../src/core/equal.ts';
import type { StoredChange } from '../../src/store/journal.ts';
import { shapes } from '../definitions.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** When nothing disturbs it, each task gets to where it is wanted, and then nothing is written any more. */
export const settles: Checker = {
  name: 'when faults end all settles and the store falls silent',
  settled: (system) => {
    const endless = new Set(shapes.filter(({ ends }) => ends === 'never').map(({ family }) => family));
    system.server?.store.view((reader) => {
      for (const task of reader.list(tasks)) {
        const isThere =
          task.lastStatus === 'STOPPED' ||
          (task.lastStatus === 'RUNNING' &&
            task.desiredStatus === 'RUNNING' &&
            (endless.has(task.family) || task.serviceArn !== undefined));
        if (!isThere)
          system.fail(
            settles.name,
            `${task.arn} (${task.family}) stays ${task.lastStatus}, wanted ${task.desiredStatus}`,
          );
        if (task.lastStatus === 'STOPPED' && task.stopCode === undefined)
          system.fail(settles.name, `${task.arn} is STOPPED without a stop code`);
      }
    });
  },
  quiet: staysSilent,
};

const silenceMs = 600_000;
const cleanedWithinMs = 240_000;
/** An agent's session is renewed every half hour, at most once in the silence, and brings it a manifest to remember. */
const agentCommitsPerRenewal = 2;

async function staysSilent(system: System): Promise<void> {
  // What the last tasks to stop have left is cleaned up first: agents that look seldom take minutes.
  await system.clock.advance(cleanedWithinMs, () =>
    system.agents.every(({ host }) => host.engine.containers.every(({ isRunning }) => isRunning)),
  );
  const loud: StoredChange[] = [];
  let isListening = true;
  const instances = new Map<string, ContainerInstanceRecord>();
  system.server?.store.view((reader) => {
    for (const instance of reader.list(containerInstances)) instances.set(instance.arn, instance);
  });
  system.onWrite((changes) => {
    // Removing what has had its hour is not restlessness.
    if (isListening)
      loud.push(...changes.filter((change) => change.value !== undefined && !isRenewal(change, instances)));
  });
  const agentCommits = system.agents.map(({ journal }) => journal.commits);
  await system.clock.advance(silenceMs);
  isListening = false;
  if (loud.length > 0) {
    const examples = loud.slice(0, 3).map(({ table, key, value }) => `${table} ${key} ${value?.slice(0, 300)}`);
    system.fail(
      settles.name,
      `${loud.length} records are written in ${silenceMs / 1000} s of silence, such as ${examples.join('; ')}`,
    );
  }
  system.agents.forEach(({ host, journal }, index) => {
    const commits = journal.commits - (agentCommits[index] ?? 0);
    if (commits > agentCommitsPerRenewal)
      system.fail(settles.name, `${host.name} commits ${commits} times in ${silenceMs / 1000} s of silence`);
  });
}

/** A renewed session takes its sequence numbers from a new block, once. */
function isRenewal(change: StoredChange, instances: Map<string, ContainerInstanceRecord>): boolean {
  const before = instances.get(change.key);
  if (change.table !== containerInstances.name || !before || change.value === undefined) return false;
  instances.delete(change.key);
  const after: ContainerInstanceRecord = JSON.parse(change.value);
  return equal({ ...after, reservedSequence: 0 }, { ...before, reservedSequence: 0 });
}
