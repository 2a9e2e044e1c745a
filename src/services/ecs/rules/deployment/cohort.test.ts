import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Cohort, Cohorts, cohortsOf, firstTasks, sizeOf } from './cohort.ts';
import type { ServiceTask } from './service-task.ts';

const anyTask: fc.Arbitrary<ServiceTask> = fc.record(
  {
    arn: fc.nat(400).map((number) => `task/${String(number).padStart(3, '0')}`),
    deploymentId: fc.constantFrom('old', 'new'),
    phase: fc.constantFrom('STARTING', 'RUNNING', 'STOPPING'),
    isCounted: fc.boolean(),
    health: fc.constantFrom('HEALTHY', 'WAITING', 'UNHEALTHY'),
    isProtected: fc.boolean(),
    isDraining: fc.boolean(),
    containerInstanceArn: fc.constantFrom('i1', 'i2', 'i3'),
    availabilityZone: fc.constantFrom('a', 'b'),
  },
  { noNullPrototype: true },
);

const manyTasks = fc.uniqueArray(anyTask, { selector: ({ arn }) => arn, maxLength: 60 });

test('tasks that came and went leave the cohorts as if only those that are there had come', () => {
  fc.assert(
    fc.property(manyTasks, fc.func(fc.boolean()), (tasks, stays) => {
      const cohorts = new Cohorts();
      for (const task of tasks) cohorts.add(task);
      for (const task of tasks) if (!stays(task)) cohorts.remove(task);
      assert.deepEqual(said(cohorts), said(cohortsOf(tasks.filter((task) => stays(task)))));
    }),
  );
});

test('each task is in the one cohort of its traits, in order, and there again in the one place where it is', () => {
  fc.assert(
    fc.property(manyTasks, (tasks) => {
      const cohorts = [...cohortsOf(tasks)];
      assert.equal(sizeOf(cohorts), tasks.length);
      for (const cohort of cohorts) {
        assert.ok(cohort.size > 0);
        const arns = cohort.tasks.map(({ arn }) => arn);
        assert.deepEqual(arns, arns.toSorted());
        for (const { health, phase } of cohort.tasks) assert.deepEqual([health, phase], [cohort.health, cohort.phase]);
        const places = [...cohort.places];
        assert.equal(places.flat().length, cohort.size);
        for (const place of places) {
          assert.equal(new Set(place.map((task) => `${task.containerInstanceArn} ${task.availabilityZone}`)).size, 1);
          assert.deepEqual(place, place.toSorted(byName));
        }
      }
    }),
  );
});

test('the first tasks of several cohorts are the first by name', () => {
  fc.assert(
    fc.property(manyTasks, fc.nat(70), (tasks, count) => {
      assert.deepEqual(firstTasks(cohortsOf(tasks), count), tasks.toSorted(byName).slice(0, count));
    }),
  );
});

function byName(one: ServiceTask, other: ServiceTask): number {
  return one.arn < other.arn ? -1 : 1;
}

function said(cohorts: Iterable<Cohort>): readonly string[] {
  return Array.from(cohorts, ({ tasks, places, ...traits }) => {
    const { deploymentId, phase, isCounted, health, isProtected, isDraining } = traits;
    const words = [deploymentId, phase, isCounted, health, isProtected, isDraining].join(' ');
    const there = Array.from(places, (place) => place.map(({ arn }) => arn).join(' ')).toSorted();
    return `${words}: ${tasks.map(({ arn }) => arn).join(' ')}; ${there.join(', ')}`;
  }).toSorted();
}
