import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ServiceTask } from './service-task.ts';
import { chooseFromFullest, countByZone, isBalanced, zonesToFill } from './zone-balance.ts';

function tasksIn(counts: Readonly<Record<string, number>>, more: Partial<ServiceTask> = {}): readonly ServiceTask[] {
  return Object.entries(counts).flatMap(([availabilityZone, count]) =>
    Array.from({ length: count }, (_, index) => ({
      arn: `${availabilityZone}${index}`,
      deploymentId: 'new',
      phase: 'RUNNING' as const,
      isCounted: true,
      health: 'HEALTHY' as const,
      isProtected: false,
      isDraining: false,
      availabilityZone,
      ...more,
    })),
  );
}

test('tasks are moved from where most are to where fewest are, as many as are needed and fit', () => {
  const cases: readonly (readonly [counts: Readonly<Record<string, number>>, room: number, fill: string])[] = [
    [{ a: 2, b: 2 }, 9, ''],
    [{ a: 3, b: 2 }, 9, ''],
    [{ a: 3, b: 1 }, 9, 'b1'],
    [{ a: 4, b: 0 }, 9, 'b2'],
    [{ a: 4, b: 0 }, 1, 'b1'],
    [{ a: 6, b: 0, c: 0 }, 9, 'b2 c2'],
    [{ a: 5, b: 4, c: 0 }, 9, 'c3'],
    [{ a: 4, b: 0 }, 0, ''],
    [{ a: 4 }, 9, ''],
  ];
  for (const [counts, room, expected] of cases) {
    const zones = new Set(Object.keys(counts));
    const fill = zonesToFill(countByZone(tasksIn(counts), zones), zones, tasksIn(counts), room);
    assert.equal([...fill].map(([zone, count]) => `${zone}${count}`).join(' '), expected, JSON.stringify(counts));
  }
  // A zone whose instances have gone is left, and never filled.
  const found = tasksIn({ gone: 1, a: 5, b: 1 });
  const left = zonesToFill(countByZone(found, ['a', 'b']), new Set(['a', 'b']), found, 9);
  assert.deepEqual([...left], [['b', 2]]);
});

test('nothing is started for tasks that are protected: what is too many would be the new one, for ever', () => {
  const zones = new Set(['a', 'b', 'c']);
  const held = tasksIn({ a: 5 }, { isProtected: true });
  const fillOf = (tasks: readonly ServiceTask[]): ReadonlyMap<string, number> =>
    zonesToFill(countByZone(tasks, zones), zones, tasks, 9);
  assert.deepEqual([...fillOf(held)], []);
  assert.deepEqual([...fillOf([...held, ...tasksIn({ b: 3 })])], [['c', 1]]);
  const one = held.map((task) => ({ ...task, isProtected: task.arn !== 'a0' }));
  assert.deepEqual([...fillOf(one)], [['b', 1]]);
});

test('those that are replaced go when all are healthy, and not before', () => {
  const all = tasksIn({ a: 4, b: 2 });
  assert.deepEqual(
    chooseFromFullest(all, 2).map(({ arn }) => arn),
    ['a0', 'a1'],
  );
  const starting = all.map((task) => (task.arn === 'b1' ? { ...task, health: 'WAITING' as const } : task));
  assert.deepEqual(chooseFromFullest(starting, 2), []);
  const isProtected = all.map((task) => (task.arn === 'a0' ? { ...task, isProtected: true } : task));
  assert.deepEqual(
    chooseFromFullest(isProtected, 2).map(({ arn }) => arn),
    ['a1', 'a2'],
  );
});

test('filling and taking away again ends in balance with as many tasks as before', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 });
  const protectedOf = fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY);
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 20 }), protectedOf, (given, room, each) => {
      const zones = new Set(given.map((_, index) => `zone-${index}`));
      let present: readonly ServiceTask[] = tasksIn(
        Object.fromEntries(given.map((count, index) => [`zone-${index}`, count])),
      ).map((task, index) => ({ ...task, isProtected: index % each === 0 && Number.isFinite(each) }));
      const held = present.filter((task) => task.isProtected);
      const desired = present.length;
      for (let round = 0; ; round += 1) {
        const fill = zonesToFill(countByZone(present, zones), zones, present, room);
        if (fill.size === 0) break;
        assert(round < 100, 'it ends');
        const more = tasksIn(Object.fromEntries(fill)).map((task) => ({ ...task, arn: `${task.arn}-${round}` }));
        present = [...present, ...more];
        const gone = new Set(chooseFromFullest(present, present.length - desired));
        present = present.filter((task) => !gone.has(task));
      }
      assert.equal(present.length, desired);
      assert(held.every((task) => present.includes(task)));
      if (held.length === 0) assert(isBalanced(countByZone(present, zones)));
    }),
  );
});
