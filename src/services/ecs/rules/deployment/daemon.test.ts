import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundsOf } from './bounds.ts';
import { daemon, type DaemonState } from './daemon.ts';
import type { ServiceTask } from './service-task.ts';

function taskOn(instance: string, more: Partial<ServiceTask> = {}): ServiceTask {
  return {
    arn: `${instance} ${more.deploymentId ?? 'new'}`,
    deploymentId: 'new',
    phase: 'RUNNING',
    isCounted: true,
    health: 'HEALTHY',
    isProtected: false,
    isDraining: false,
    containerInstanceArn: instance,
    ...more,
  };
}

function stateOf(
  instances: readonly string[],
  tasks: readonly ServiceTask[],
  more: Partial<DaemonState> & { readonly percents?: readonly [number, number] } = {},
): DaemonState {
  const { percents: [minimumHealthyPercent, maximumPercent] = [0, 100], ...rest } = more;
  return {
    ...boundsOf(instances.length, 'DAEMON', { minimumHealthyPercent, maximumPercent }),
    instances,
    heldInstances: new Set(),
    tasks,
    isWanted: (task) => task.deploymentId === 'new',
    mayStart: true,
    ...rest,
  };
}

const old = { deploymentId: 'old' } as const;

test('one task on each instance that matches, the old one gone before the new one comes', () => {
  const cases: readonly (readonly [what: string, state: DaemonState, start: string, stop: string])[] = [
    ['new instances', stateOf(['a', 'b'], []), 'a b', ''],
    ['one is there', stateOf(['a', 'b'], [taskOn('a')]), 'b', ''],
    ['one does not match any more', stateOf(['a'], [taskOn('a'), taskOn('b')]), '', 'b new'],
    ['an old one goes first', stateOf(['a'], [taskOn('a', old)]), '', 'a old'],
    [
      'what stops is waited for',
      stateOf(['a'], [taskOn('a', { ...old, phase: 'STOPPING', isCounted: false })]),
      '',
      '',
    ],
    [
      'within the lower bound',
      stateOf(['a', 'b'], [taskOn('a', old), taskOn('b', old)], { percents: [50, 100] }),
      '',
      'a old',
    ],
    [
      'of old ones that on an instance that drains first',
      stateOf(['a'], [taskOn('a', old), taskOn('b', { ...old, isDraining: true })], { percents: [66, 100] }),
      '',
      'b old',
    ],
    ['room for both: the new one first', stateOf(['a'], [taskOn('a', old)], { percents: [100, 200] }), 'a', ''],
    [
      'until it is healthy',
      stateOf(['a'], [taskOn('a', old), taskOn('a', { health: 'WAITING' })], { percents: [100, 200] }),
      '',
      '',
    ],
    ['then the old one goes', stateOf(['a'], [taskOn('a', old), taskOn('a')], { percents: [100, 200] }), '', 'a old'],
    ['one too many', stateOf(['a'], [taskOn('a'), taskOn('a', { arn: 'second' })]), '', 'second'],
    ['an unhealthy one is replaced', stateOf(['a'], [taskOn('a', { health: 'UNHEALTHY' })]), '', 'a new'],
    ['on a draining instance it stays last', stateOf([], [taskOn('a')], { heldInstances: new Set(['a']) }), '', ''],
    ['and goes then', stateOf([], [taskOn('a')]), '', 'a new'],
    ['no launches now: the old one serves on', stateOf(['a'], [taskOn('a', old)], { mayStart: false }), '', ''],
    ['protected', stateOf(['a'], [taskOn('a', { ...old, isProtected: true })]), '', ''],
  ];
  for (const [what, state, start, stop] of cases) {
    const decision = daemon(state);
    assert.equal(decision.start.join(' '), start, what);
    assert.equal(decision.stop.map(({ task }) => task.arn).join(' '), stop, what);
  }
});

test('whatever is there, it comes to one wanted task on each instance without breaking a bound', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
  const someTask = fc.record({
    instance: fc.constantFrom(...names),
    deploymentId: fc.constantFrom('old', 'new'),
    health: fc.constantFrom('HEALTHY' as const, 'WAITING' as const, 'UNHEALTHY' as const),
    phase: fc.constantFrom('STARTING' as const, 'RUNNING' as const, 'STOPPING' as const),
  });
  const percents = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.constantFrom(100, 150, 200));
  fc.assert(
    fc.property(
      fc.subarray([...names]),
      fc.array(someTask, { maxLength: 8 }),
      percents,
      (instances, given, percents) => {
        let made = 0;
        let tasks = given.map(({ instance, phase, health, deploymentId }) =>
          taskOn(instance, {
            arn: `t${(made += 1)}`,
            deploymentId,
            phase,
            health: phase === 'RUNNING' ? health : 'WAITING',
          }),
        );
        for (let round = 0; ; round += 1) {
          assert(round < 60, 'it comes to rest');
          const state = stateOf(instances, tasks, { percents });
          const decision = daemon(state);
          const counted = tasks.filter((task) => task.isCounted).length;
          const { start } = decision;
          assert(start.length === 0 || counted + start.length <= state.upper);
          const stopping = new Set(decision.stop.map(({ task }) => task.arn));
          const healthy = tasks.filter((task) => task.health === 'HEALTHY' && task.phase === 'RUNNING');
          const left = healthy.filter((task) => !stopping.has(task.arn)).length;
          assert(left === healthy.length || left >= state.lower, `${left} of at least ${state.lower}`);
          const moved = tasks.flatMap((task): ServiceTask[] => {
            if (task.phase === 'STOPPING') return [];
            if (stopping.has(task.arn)) return [{ ...task, phase: 'STOPPING' }];
            if (task.phase === 'STARTING') return [{ ...task, phase: 'RUNNING' }];
            return [task.health === 'WAITING' ? { ...task, health: 'HEALTHY' } : task];
          });
          const isStill =
            start.length === 0 && moved.length === tasks.length && moved.every((task, at) => task === tasks[at]);
          tasks = [
            ...moved,
            ...start.map((instance) =>
              taskOn(instance, { arn: `t${(made += 1)}`, phase: 'STARTING', health: 'WAITING' }),
            ),
          ];
          if (!isStill) continue;
          if (decision.isStuck) return;
          assert(decision.isSettled, JSON.stringify(tasks));
          const occupied = new Set(tasks.map((task) => task.containerInstanceArn));
          assert.deepEqual([occupied, tasks.length], [new Set(instances), instances.length]);
          return;
        }
      },
    ),
    { numRuns: 500 },
  );
});
