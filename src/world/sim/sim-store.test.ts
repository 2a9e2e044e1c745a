import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from '../../store/table.ts';
import { CommitFailed } from '../../store/store.ts';
import { openSimStore } from './sim-store.ts';

interface Thing {
  readonly id: string;
  readonly size: number;
}

const things = table<Thing>()({ name: 'test.things', key: (thing) => thing.id, indexes: { size: (t) => `${t.size}` } });

test('an update resolves without a driver and is read back', async () => {
  const { store } = await openSimStore({ tables: [things] });
  await store.update((tx) => tx.put(things, { id: 'a', size: 1 }));
  assert.deepEqual(
    store.view((reader) => reader.get(things, 'a')),
    { id: 'a', size: 1 },
  );
});

test('what was acknowledged is there after a crash, and what was not is gone', async () => {
  const sim = await openSimStore({ tables: [things] });
  await sim.store.update((tx) => tx.put(things, { id: 'kept', size: 1 }));
  void sim.store.update((tx) => tx.put(things, { id: 'lost', size: 1 }));
  const store = await sim.reopen();
  assert.deepEqual(
    store.view((reader) => [...reader.list(things)].map((thing) => thing.id)),
    ['kept'],
  );
});

test('a journal that refuses leaves nothing in memory', async () => {
  const { store, journal } = await openSimStore({ tables: [things] });
  journal.failWhen(() => true);
  await assert.rejects(
    store.update((tx) => tx.put(things, { id: 'a', size: 1 })),
    CommitFailed,
  );
  assert.equal(
    store.view((reader) => reader.get(things, 'a')),
    undefined,
  );
});

test('updates made together share one commit', async () => {
  const { store, journal } = await openSimStore({ tables: [things] });
  await Promise.all([1, 2, 3].map((size) => store.update((tx) => tx.put(things, { id: `${size}`, size }))));
  assert.equal(journal.commits, 1);
});

test('the same seed gives the same ids', async () => {
  const ids = async (seed: number): Promise<string> => {
    const { store } = await openSimStore({ tables: [things], seed });
    return await store.update((_, env) => env.newId());
  };
  assert.equal(await ids(7), await ids(7));
  assert.notEqual(await ids(7), await ids(8));
});
