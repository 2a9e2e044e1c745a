import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseToStop, defaultServiceStrategies, type StoppableTask } from './scale-in.ts';

interface Sketch extends Partial<Omit<StoppableTask, 'host'>> {
  readonly arn: string;
  readonly on?: string;
  readonly zone?: string;
  readonly free?: number;
}

function task({ on, zone, free = 100, ...more }: Sketch): StoppableTask {
  return {
    isProtected: false,
    isHealthy: true,
    isDraining: false,
    cpuUnits: 10,
    memoryMiB: 10,
    ...(on !== undefined && {
      host: {
        arn: on,
        attributes: new Map(zone === undefined ? [] : [['ecs.availability-zone', zone]]),
        freeCpuUnits: free,
        freeMemoryMiB: free,
      },
    }),
    ...more,
  };
}

const chosen = (tasks: readonly StoppableTask[], count: number, strategies = defaultServiceStrategies) =>
  chooseToStop(
    tasks.map((like) => ({ like, tasks: [like] })),
    count,
    strategies,
  ).map(({ arn }) => arn);

test('zones are evened out first, then instances', () => {
  const tasks = [
    task({ arn: '1', on: 'a1', zone: 'a' }),
    task({ arn: '2', on: 'a2', zone: 'a' }),
    task({ arn: '3', on: 'a2', zone: 'a' }),
    task({ arn: '4', on: 'b1', zone: 'b' }),
  ];
  assert.deepEqual(chosen(tasks, 1), ['2']);
  assert.deepEqual(chosen(tasks, 2), ['2', '1']);
  assert.deepEqual(chosen(tasks, 9), ['2', '1', '3', '4']);
});

test('what is not healthy goes first, then what drains, and nothing that is protected', () => {
  const tasks = [
    task({ arn: '1', on: 'a', isProtected: true, isHealthy: false }),
    task({ arn: '2', on: 'a' }),
    task({ arn: '3', on: 'b', isDraining: true }),
    task({ arn: '4', on: 'c', isHealthy: false }),
  ];
  assert.deepEqual(chosen(tasks, 4), ['4', '3', '2']);
});

test('binpack empties the instance that has most left', () => {
  const tasks = [
    task({ arn: '1', on: 'full', free: 5 }),
    task({ arn: '2', on: 'light', free: 80 }),
    task({ arn: '3', on: 'light', free: 80 }),
    task({ arn: '4', on: 'medium', free: 85 }),
  ];
  assert.deepEqual(chosen(tasks, 3, [{ type: 'binpack', field: 'memory' }]), ['4', '2', '3']);
});

test('tasks without an instance are evened out by their own zone', () => {
  const tasks = [
    task({ arn: '1', availabilityZone: 'a' }),
    task({ arn: '2', availabilityZone: 'b' }),
    task({ arn: '3', availabilityZone: 'b' }),
  ];
  assert.deepEqual(chosen(tasks, 1), ['2']);
});

test('from an even spread any number of stops leaves zones even', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 }), fc.nat(20), (zones, count, stops) => {
      const tasks = Array.from({ length: count }, (_, index) =>
        task({ arn: String(index).padStart(2, '0'), on: `host-${index}`, zone: `zone-${index % zones}` }),
      );
      const gone = new Set(chosen(tasks, stops));
      assert.equal(gone.size, Math.min(stops, count));
      const left = new Map(Array.from({ length: Math.min(zones, count) }, (_, index) => [`zone-${index}`, 0]));
      for (const { arn, host } of tasks) {
        const zone = host?.attributes.get('ecs.availability-zone') ?? '';
        if (!gone.has(arn)) left.set(zone, (left.get(zone) ?? 0) + 1);
      }
      assert.ok(Math.max(...left.values()) - Math.min(...left.values()) <= 1);
    }),
  );
});

test('tasks that are alike are chosen from together as if each stood alone', () => {
  const places = fc.record({
    on: fc.constantFrom('a1', 'a2', 'b1'),
    isHealthy: fc.boolean(),
    isProtected: fc.boolean(),
  });
  const strategies = fc.constantFrom(defaultServiceStrategies, [{ type: 'binpack', field: 'memory' } as const]);
  fc.assert(
    fc.property(fc.array(places, { maxLength: 20 }), strategies, fc.nat(20), (sketches, strategy, count) => {
      const tasks = sketches.map((sketch, index) =>
        task({ arn: String(index).padStart(2, '0'), zone: sketch.on.charAt(0), ...sketch }),
      );
      const kindOf = ({ host, isHealthy, isProtected }: StoppableTask): string =>
        `${host?.arn} ${isHealthy} ${isProtected}`;
      const groups = [...Map.groupBy(tasks, kindOf).values()].flatMap((alike) =>
        alike[0] ? [{ like: alike[0], tasks: alike }] : [],
      );
      const together = chooseToStop(groups, count, strategy).map(({ arn }) => arn);
      assert.deepEqual(together, chosen(tasks, count, strategy));
    }),
  );
});
