import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSimStore, type SimStore } from '../world/sim/sim-store.ts';
import { SimClock } from '../world/sim/sim-clock.ts';
import type { Log } from '../world/world.ts';
import { table } from '../store/table.ts';
import type { Reconciler } from './reconciler.ts';
import { Runner } from './runner.ts';

interface Counter {
  readonly id: string;
  readonly wanted: number;
  readonly reached: number;
  readonly notBefore?: number;
}

const counters = table<Counter>()({ name: 'test.counters', key: ({ id }) => id, indexes: {} });

interface Running extends SimStore {
  readonly runner: Runner;
  /** Keys in the order they were reconciled. */
  readonly looked: string[];
  readonly errors: string[];
}

/** Brings `reached` one nearer to `wanted` each time. */
async function running(extra: Partial<Reconciler> = {}): Promise<Running> {
  const sim = await openSimStore({ tables: [counters], clock: new SimClock() });
  const looked: string[] = [];
  const errors: string[] = [];
  const reconciler: Reconciler = {
    name: 'count',
    wakes: [{ table: counters, keys: (_reader, key) => [key] }],
    all: (reader) => Array.from(reader.list(counters), ({ id }) => id),
    reconcile: (tx, env, key) => {
      looked.push(key);
      const counter = tx.get(counters, key);
      if (!counter) return undefined;
      if (counter.notBefore !== undefined && env.now < counter.notBefore)
        return { afterMs: counter.notBefore - env.now };
      if (counter.reached < counter.wanted) tx.put(counters, { ...counter, reached: counter.reached + 1 });
      return undefined;
    },
    ...extra,
  };
  const log: Log = { info: () => undefined, warn: () => undefined, error: (event) => errors.push(event) };
  const runner = new Runner({ store: sim.store, clock: sim.clock, log, reconcilers: [reconciler] });
  runner.start();
  await sim.clock.settle();
  return { ...sim, runner, looked, errors };
}

async function put({ store, clock }: Running, counter: Counter): Promise<void> {
  await clock.runUntilSettled(store.update((tx) => tx.put(counters, counter)));
}

function reached({ store }: Running, id: string): number | undefined {
  return store.view((reader) => reader.get(counters, id)?.reached);
}

test('a change wakes its key until nothing is left to write, and then all is silent', async () => {
  const world = await running();
  await put(world, { id: 'a', wanted: 5, reached: 0 });
  await world.clock.settle();
  assert.equal(reached(world, 'a'), 5);
  assert.equal(world.looked.length, 6, 'five writes, and one look that finds nothing to do');
  const commits = world.journal.commits;
  await world.clock.advance(10 * 60_000);
  assert.equal(world.journal.commits, commits);
});

test('a key that is woken often while it waits is looked at once', async () => {
  const world = await running({
    wakes: [{ table: counters, keys: (reader) => [...reader.list(counters)].map(() => 'all') }],
  });
  await world.clock.runUntilSettled(
    world.store.update((tx) => {
      for (const id of ['a', 'b', 'c', 'd']) tx.put(counters, { id, wanted: 0, reached: 0 });
    }),
  );
  await world.clock.settle();
  assert.deepEqual(world.looked, ['all']);
});

test('what is due by time alone is looked at again when it is due', async () => {
  const world = await running();
  const due = world.clock.now() + 5000;
  await put(world, { id: 'a', wanted: 1, reached: 0, notBefore: due });
  await world.clock.advance(4900);
  assert.equal(reached(world, 'a'), 0);
  await world.clock.advance(200);
  assert.equal(reached(world, 'a'), 1);
});

test('a missed wake is made good by the scan of every minute', async () => {
  const world = await running({ wakes: [] });
  await put(world, { id: 'a', wanted: 1, reached: 0 });
  await world.clock.advance(59_000);
  assert.equal(reached(world, 'a'), 0);
  await world.clock.advance(2000);
  assert.equal(reached(world, 'a'), 1);
});

test('what is there at the start is looked at', async () => {
  const world = await running();
  await put(world, { id: 'a', wanted: 0, reached: 0 });
  await world.clock.settle();
  await world.runner.stop();
  world.looked.length = 0;
  const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const all: Reconciler = {
    name: 'again',
    wakes: [],
    all: (reader) => Array.from(reader.list(counters), ({ id }) => id),
    reconcile: (_tx, _env, key) => void world.looked.push(key),
  };
  const second = new Runner({ store: world.store, clock: world.clock, log, reconcilers: [all] });
  second.start();
  await world.clock.settle();
  assert.deepEqual(world.looked, ['a']);
});

test('a reconciler that throws is logged and tried again, later each time, and others go on', async () => {
  const attempts: number[] = [];
  let heal = false;
  const world = await running({
    reconcile: (tx, _env, key) => {
      const counter = tx.get(counters, key);
      if (key === 'bad' && !heal) {
        attempts.push(world.clock.monotonicMs());
        throw new Error('not yet');
      }
      if (counter && counter.reached < counter.wanted) tx.put(counters, { ...counter, reached: counter.wanted });
      return undefined;
    },
  });
  await put(world, { id: 'bad', wanted: 1, reached: 0 });
  await put(world, { id: 'good', wanted: 1, reached: 0 });
  await world.clock.advance(1000);
  assert.equal(reached(world, 'good'), 1);
  assert.deepEqual(
    attempts.map((at, index) => at - (attempts[index - 1] ?? at)),
    [0, 50, 100, 200, 400],
  );
  assert.equal(world.errors.length, 5);
  heal = true;
  await world.clock.advance(1000);
  assert.equal(reached(world, 'bad'), 1);
});

test('a refused commit is tried again until the journal takes it', async () => {
  const world = await running();
  await put(world, { id: 'a', wanted: 0, reached: 0 });
  await world.clock.settle();
  await put(world, { id: 'a', wanted: 2, reached: 0 });
  world.journal.failWhen(() => true);
  await world.clock.advance(500);
  assert.equal(reached(world, 'a'), 0);
  world.journal.failWhen(undefined);
  await world.clock.advance(1000);
  assert.equal(reached(world, 'a'), 2);
});

test('after it is stopped nothing is looked at any more', async () => {
  const world = await running();
  const update = world.store.update((tx) => tx.put(counters, { id: 'a', wanted: 9, reached: 0 }));
  await world.clock.runUntilSettled(update);
  const stopped = world.runner.stop();
  await world.clock.runUntilSettled(stopped);
  const { length } = world.looked;
  await put(world, { id: 'a', wanted: 99, reached: 0 });
  await world.clock.advance(120_000);
  assert.equal(world.looked.length, length);
});
