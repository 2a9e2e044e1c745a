import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AssertionError } from '../core/assert.ts';
import { MemoryJournal } from '../world/sim/memory-journal.ts';
import { SimClock } from '../world/sim/sim-clock.ts';
import { SimRandom } from '../world/sim/sim-random.ts';
import { openSimStore } from '../world/sim/sim-store.ts';
import type { StoredChange } from './journal.ts';
import { CommitFailed, type Reader, Store, type Transaction, transactionLimit } from './store.ts';
import { changeOf, type Derivation, projection, type RecordChange, table } from './table.ts';

interface Thing {
  readonly id: string;
  readonly color?: string;
  readonly tags?: readonly string[];
  readonly size: number;
}

const things = table<Thing>()({
  name: 'test.things',
  key: ({ id }) => id,
  indexes: { color: ({ color }) => color, tag: ({ tags }) => tags },
});
const notes = table<{ readonly id: string; readonly text: string }>()({
  name: 'test.notes',
  key: ({ id }) => id,
  indexes: {},
});

/** The size of all things by color: a sum as a projection keeps it. */
const sizes = projection<Thing, Map<string, number>>({
  of: things,
  create: () => new Map(),
  apply: (sums, before, after) => {
    assert.ok(before || after, 'something comes, changes or goes');
    for (const [record, sign] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (record) sums.set(record.color ?? '', (sums.get(record.color ?? '') ?? 0) + sign * record.size);
    }
  },
});

const open = (): ReturnType<typeof openSimStore> =>
  openSimStore({ tables: [things, notes], projections: [sizes as never] });

function ids(items: Iterable<{ readonly id: string }>): string[] {
  return Array.from(items, ({ id }) => id);
}

/** A journal whose commits end when the test says so. */
async function openHeld(): Promise<{
  readonly store: Store;
  readonly groups: { readonly changes: readonly StoredChange[]; readonly end: (error?: Error) => void }[];
}> {
  const groups: { changes: readonly StoredChange[]; end: (error?: Error) => void }[] = [];
  const store = await Store.open({
    journal: {
      load: async () => [],
      commit: (changes) =>
        new Promise((resolve, reject) => {
          groups.push({ changes, end: (error) => (error ? reject(error) : resolve()) });
        }),
      close: async () => undefined,
    },
    clock: new SimClock({ dueRunsByItself: true }),
    random: new SimRandom(1),
    tables: [things, notes],
    projections: [],
  });
  return { store, groups };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('a transaction', () => {
  test('sees its own writes, and leaves nothing when it throws', async () => {
    const { store, journal } = await open();
    await store.update((tx) => tx.put(things, { id: 'a', color: 'red', size: 1 }));
    const attempt = store.update((tx) => {
      tx.put(things, { id: 'a', color: 'blue', size: 2 });
      tx.put(things, { id: 'b', color: 'red', size: 3 });
      tx.put(things, { id: 'c', size: 1 });
      tx.delete(things, 'c');
      tx.delete(things, 'a');
      assert.deepEqual(ids(tx.list(things)), ['b']);
      assert.deepEqual(ids(tx.find(things, 'color', 'red')), ['b']);
      throw new RangeError('no');
    });
    await assert.rejects(attempt, RangeError);
    store.view((reader) => {
      assert.deepEqual([...reader.list(things)], [{ id: 'a', color: 'red', size: 1 }]);
      assert.deepEqual(ids(reader.find(things, 'color', 'red')), ['a']);
      assert.equal(reader.count(things, 'color', 'blue'), 0);
      assert.equal(reader.projected(sizes).get('red'), 1);
    });
    assert.equal(journal.commits, 1);
  });

  test('that writes what is already so commits nothing and wakes nobody', async () => {
    const { store, journal } = await open();
    await store.update((tx) => tx.put(things, { id: 'a', tags: ['x'], size: 1 }));
    let woken = 0;
    store.watch(things, () => (woken += 1));
    await store.update((tx) => tx.put(things, { id: 'a', tags: ['x'], size: 1 }));
    await store.update((tx) => {
      tx.put(things, { id: 'a', tags: [], size: 2 });
      tx.put(things, { id: 'b', size: 2 });
      tx.delete(things, 'b');
      tx.put(things, { id: 'a', tags: ['x'], size: 1 });
      tx.delete(things, 'never');
    });
    assert.equal(journal.commits, 1);
    assert.equal(woken, 0);
  });

  test('is over when its function ends, and is synchronous', async () => {
    const { store } = await open();
    let kept: Transaction | undefined;
    await store.update((tx) => (kept = tx) && undefined);
    assert.throws(() => kept?.put(things, { id: 'a', size: 1 }), AssertionError);
    await assert.rejects(
      store.update(async () => undefined),
      AssertionError,
    );
  });

  test('is held to its limits and undone beyond them', async () => {
    const { store } = await open();
    const putMany = (count: number): Promise<void> =>
      store.update((tx) => {
        for (let index = 0; index < count; index += 1) tx.put(notes, { id: String(index), text: '' });
      });
    await assert.rejects(putMany(transactionLimit.changes + 1), AssertionError);
    await assert.rejects(
      store.update((tx) => tx.put(notes, { id: 'big', text: 'x'.repeat(transactionLimit.bytes) })),
      AssertionError,
    );
    assert.deepEqual(
      store.view((reader) => [...reader.list(notes)]),
      [],
    );
    await putMany(transactionLimit.changes);
  });

  test('has a time that never goes back, and ids in the shape of AWS', async () => {
    const { store, clock } = await open();
    const first = await store.update((_, env) => env.now);
    clock.jumpWall(-60_000);
    assert.equal(await store.update((_, env) => env.now), first);
    clock.jumpWall(120_000);
    assert.ok((await store.update((_, env) => env.now)) > first);
    assert.match(await store.update((_, env) => env.newId()), /^[0-9a-f]{32}$/);
    assert.match(await store.update((_, env) => env.newUuid()), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe('commits', () => {
  test('takes along what is in no hurry', async () => {
    const { store, groups } = await openHeld();
    void store.updateUnhurried((tx) => tx.put(things, { id: 'a', size: 1 }));
    await turns();
    assert.equal(groups.length, 0, 'nobody waits for it');
    assert.ok(store.view((reader) => reader.get(things, 'a')));
    void store.update((tx) => tx.put(things, { id: 'b', size: 1 }));
    await turns();
    assert.deepEqual(
      groups.map(({ changes }) => changes.map(({ key }) => key)),
      [['a', 'b']],
    );
  });

  test('in no hurry is committed when somebody waits for it', async () => {
    const { store, groups } = await openHeld();
    void store.updateUnhurried((tx) => tx.put(things, { id: 'a', size: 1 }));
    void store.durable();
    await turns();
    assert.equal(groups.length, 1);
  });

  test('in no hurry is committed by itself a moment later', async () => {
    const { store, clock, reopen } = await open();
    void store.updateUnhurried((tx) => tx.put(things, { id: 'a', size: 1 }));
    await clock.advance(250);
    const again = await reopen();
    assert.ok(again.view((reader) => reader.get(things, 'a')));
  });

  test('one group is under way at a time; what waits meanwhile shares the next, in order', async () => {
    const { store, groups } = await openHeld();
    const ended: string[] = [];
    const put = (id: string): void => {
      void store.update((tx) => tx.put(things, { id, size: 1 })).then(() => ended.push(id));
    };
    put('a');
    await turns();
    put('b');
    put('c');
    await turns();
    assert.equal(groups.length, 1);
    assert.deepEqual(ended, []);
    groups[0]?.end();
    await turns();
    assert.deepEqual(ended, ['a']);
    assert.deepEqual(
      groups[1]?.changes.map(({ key }) => key),
      ['b', 'c'],
    );
    groups[1]?.end();
    await turns();
    assert.deepEqual(ended, ['a', 'b', 'c']);
  });

  test('a record written twice in one group is committed once, as it is last', async () => {
    const { store, groups } = await openHeld();
    void store.update((tx) => tx.put(things, { id: 'a', size: 1 }));
    void store.update((tx) => tx.put(things, { id: 'a', size: 2 }));
    await turns();
    assert.deepEqual(groups[0]?.changes, [{ table: 'test.things', key: 'a', value: '{"id":"a","size":2}' }]);
    groups[0]?.end();
  });

  test('watchers and durable() wait for the disk; so does an update that wrote nothing but may have read', async () => {
    const { store, groups } = await openHeld();
    const events: string[] = [];
    const unwatch = store.watch(things, (key) => events.push(`woken ${key}`));
    void store.update((tx) => tx.put(things, { id: 'a', size: 1 }));
    void store.durable().then(() => events.push('durable'));
    void store.update((tx) => tx.get(things, 'a')).then((thing) => events.push(`read ${thing?.size}`));
    await turns();
    assert.deepEqual(events, []);
    groups[0]?.end();
    await turns();
    assert.deepEqual(new Set(events), new Set(['durable', 'read 1', 'woken a']));
    await store.durable();
    unwatch();
    void store.update((tx) => tx.put(things, { id: 'b', size: 1 }));
    await turns();
    groups[1]?.end();
    await turns();
    assert.equal(events.length, 3);
  });

  test('a refused commit takes back its group and all that waited behind it, and nobody else', async () => {
    const { store, groups } = await openHeld();
    const first = store.update((tx) => tx.put(things, { id: 'a', color: 'red', size: 1 }));
    await turns();
    groups[0]?.end();
    await first;
    let woken = 0;
    store.watch(things, () => (woken += 1));
    const inFlight = store.update((tx) => tx.put(things, { id: 'a', color: 'blue', size: 2 }));
    await turns();
    const waiting = store.update((tx) => {
      tx.put(things, { id: 'b', size: tx.get(things, 'a')?.size ?? 0 });
      tx.put(things, { id: 'a', color: 'green', size: 3 });
    });
    const reading = store.update((tx) => tx.get(things, 'b'));
    groups[1]?.end(new Error('no space left on device'));
    const outcomes = await Promise.allSettled([inFlight, waiting, reading]);
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof CommitFailed);
      assert.match(String(outcome.reason.cause), /no space/);
    }
    store.view((reader) => {
      assert.deepEqual([...reader.list(things)], [{ id: 'a', color: 'red', size: 1 }]);
      assert.deepEqual(ids(reader.find(things, 'color', 'red')), ['a']);
      assert.equal(reader.count(things, 'color', 'green'), 0);
    });
    assert.equal(woken, 0);
    const later = store.update((tx) => tx.put(things, { id: 'c', size: 1 }));
    await turns();
    groups[2]?.end();
    await later;
    assert.equal(woken, 1);
  });

  test('closing waits for what is under way and takes nothing more', async () => {
    const { store, groups } = await openHeld();
    const last = store.update((tx) => tx.put(things, { id: 'a', size: 1 }));
    await turns();
    const closed = store.close();
    await assert.rejects(
      store.update((tx) => tx.put(things, { id: 'b', size: 1 })),
      CommitFailed,
    );
    groups[0]?.end();
    await last;
    await closed;
    assert.equal(groups.length, 1);
  });
});

describe('loading', () => {
  test('rebuilds records, indexes and projections', async () => {
    const sim = await open();
    await sim.store.update((tx) => {
      tx.put(things, { id: 'b', color: 'red', tags: ['x', 'y'], size: 2 });
      tx.put(things, { id: 'a', color: 'red', size: 3 });
    });
    const store = await sim.reopen();
    store.view((reader) => {
      assert.deepEqual(ids(reader.find(things, 'color', 'red')), ['a', 'b']);
      assert.deepEqual(ids(reader.find(things, 'tag', 'y')), ['b']);
      assert.equal(reader.projected(sizes).get('red'), 5);
    });
  });

  test('finds all in key order, whatever the order of its coming, how many an index finds, and how often', async () => {
    const sim = await open();
    // 7 has no factor with 600: every key comes, in no order.
    const all: readonly Thing[] = Array.from({ length: 600 }, (_, index) => {
      const number = (index * 7) % 600;
      const tags = ['every', 'every', `of-${number % 2}`, `one-${number}`]; // one twice, many, one alone
      return {
        id: `t${number}`,
        ...(number % 3 > 0 && { color: ['red', 'blue'][(number % 3) - 1] ?? '' }),
        tags,
        size: 1,
      };
    });
    for (let from = 0; from < all.length; from += 100) {
      await sim.store.update((tx) => all.slice(from, from + 100).forEach((thing) => tx.put(things, thing)));
    }
    const listing = (reader: Reader): unknown => ({
      all: ids(reader.list(things)),
      after: ids(reader.list(things, 't3')),
      colors: ['red', 'blue'].map((color) => [
        reader.count(things, 'color', color),
        ids(reader.find(things, 'color', color)),
      ]),
      tags: ['every', 'of-0', 'of-1', 'one-7', 'none'].map((tag) => [
        reader.count(things, 'tag', tag),
        ids(reader.find(things, 'tag', tag, 't1')),
      ]),
      sizes: reader.projected(sizes),
    });
    const before = sim.store.view(listing);
    const store = await sim.reopen();
    assert.deepEqual(store.view(listing), before);
    assert.deepEqual(
      store.view((reader) => ids(reader.list(things))),
      ids(all).sort(),
    );
    // What was filled at once takes changes as what was filled one by one.
    await store.update((tx) => {
      tx.put(things, { id: 't6000', color: 'red', size: 1 });
      tx.delete(things, 't601');
      tx.delete(things, 't1');
    });
    assert.equal(
      store.view((reader) => reader.count(things, 'color', 'red')),
      200,
    );
    assert.equal(
      store.view((reader) => ids(reader.list(things, 't599')).at(2)),
      't6000',
    );
  });

  test('refuses a table it does not know and a record under a key that is not its own', async () => {
    for (const [name, key] of [
      ['test.gone', 'a'],
      ['test.things', 'other'],
    ] as const) {
      const clock = new SimClock({ dueRunsByItself: true });
      const journal = new MemoryJournal(clock);
      const raw = journal.open();
      await raw.commit([{ table: name, key, value: '{"id":"a","size":1}' }]);
      await raw.close();
      const parts = { journal: journal.open(), clock, random: new SimRandom(1), tables: [things], projections: [] };
      await assert.rejects(Store.open(parts), AssertionError);
    }
  });
});

describe('random histories', () => {
  const thing = fc.record(
    {
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      color: fc.constantFrom('red', 'blue'),
      tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
      size: fc.nat(9),
    },
    { requiredKeys: ['id', 'size'] },
  );
  const write = fc.oneof(
    thing.map((record) => ({ put: record as Thing })),
    fc.constantFrom('a', 'b', 'c', 'd', 'e').map((id) => ({ delete: id })),
  );
  const history = fc.array(
    fc.record({
      writes: fc.array(write, { maxLength: 5 }),
      end: fc.constantFrom('commit', 'commit', 'commit', 'throw', 'refuse'),
    }),
    { maxLength: 15 },
  );

  test('memory, indexes, projections and journal agree with a plain map after every step', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const sim = await open();
        let model = new Map<string, Thing>();
        for (const { writes, end } of steps) {
          const next = new Map(model);
          sim.journal.failWhen(() => end === 'refuse');
          const update = sim.store.update((tx) => {
            for (const change of writes) {
              if ('put' in change) {
                tx.put(things, change.put);
                next.set(change.put.id, change.put);
              } else {
                tx.delete(things, change.delete);
                next.delete(change.delete);
              }
              check(tx, next);
            }
            if (end === 'throw') throw new RangeError('no');
          });
          const kept = await update.then(
            () => true,
            (error: unknown) => {
              assert.ok(error instanceof RangeError || error instanceof CommitFailed, String(error));
              return false;
            },
          );
          if (kept) model = next;
          sim.store.view((reader) => check(reader, model));
          assert.deepEqual(
            new Map(sim.journal.records().map(({ key, value }) => [key, JSON.parse(value) as Thing])),
            new Map([...model].map(([key, value]) => [key, JSON.parse(JSON.stringify(value)) as Thing])),
          );
        }
        sim.journal.failWhen(undefined);
        (await sim.reopen()).view((reader) => check(reader, model));
      }),
      { numRuns: 150 },
    );
  });

  function check(reader: Reader, model: ReadonlyMap<string, Thing>): void {
    const sorted = [...model.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(ids(reader.list(things)), ids(sorted));
    assert.deepEqual(ids(reader.list(things, 'b')), ids(sorted.filter(({ id }) => id > 'b')));
    for (const { id } of sorted) assert.deepEqual(plain(reader.get(things, id)), plain(model.get(id)));
    for (const color of ['red', 'blue']) {
      const found = sorted.filter((record) => record.color === color);
      assert.deepEqual(ids(reader.find(things, 'color', color)), ids(found));
      assert.equal(reader.count(things, 'color', color), found.length);
      const sum = found.reduce((total, { size }) => total + size, 0);
      assert.equal(reader.projected(sizes).get(color) ?? 0, sum);
    }
    for (const tag of ['x', 'y', 'z']) {
      const found = sorted.filter(({ tags }) => tags?.includes(tag));
      assert.deepEqual(ids(reader.find(things, 'tag', tag, 'a')), ids(found.filter(({ id }) => id > 'a')));
    }
  }

  /** A member that is undefined counts as absent. */
  function plain(record: Thing | undefined): unknown {
    return record && JSON.parse(JSON.stringify(record));
  }
});

describe('a derivation', () => {
  /** Notes each change of a thing; refuses things of size 13. */
  const noting = (told: RecordChange[][]): Derivation => ({
    of: [things],
    derive(tx, _env, changes) {
      told.push([...changes]);
      for (const change of changes) {
        const { before, after } = changeOf(things, change) ?? {};
        tx.put(notes, { id: `${told.length}`, text: `${before?.size ?? 'none'} to ${after?.size ?? 'none'}` });
        if (after?.size === 13) throw new RangeError('no thing is of size 13');
      }
    },
  });

  test('is told of each changed record once, and what it writes is durable with it', async () => {
    const told: RecordChange[][] = [];
    const { store, journal, reopen } = await openSimStore({ tables: [things, notes], derivations: [noting(told)] });
    await store.update((tx) => {
      tx.put(things, { id: 'a', size: 1 });
      tx.put(things, { id: 'a', size: 2 });
      tx.put(things, { id: 'b', size: 3 });
      tx.delete(things, 'b');
    });
    assert.deepEqual(told, [
      [{ ...told[0]?.[0], table: 'test.things', before: undefined, after: { id: 'a', size: 2 } }],
    ]);
    assert.equal(journal.commits, 1);
    await store.update((tx) => tx.put(notes, { id: 'other', text: '' }));
    await store.update((tx) => tx.put(things, { id: 'a', size: 2 }));
    assert.equal(told.length, 1, 'another table and an equal record are no change');
    await store.update((tx) => tx.delete(things, 'a'));
    const again = await reopen();
    assert.deepEqual(
      again.view((reader) => [...reader.list(notes)].map(({ text }) => text)),
      ['none to 2', '2 to none', ''],
    );
  });

  test('that fails undoes its transaction with all that it wrote', async () => {
    const { store, journal } = await openSimStore({ tables: [things, notes], derivations: [noting([])] });
    await assert.rejects(
      store.update((tx) => tx.put(things, { id: 'a', size: 13 })),
      RangeError,
    );
    assert.deepEqual(
      store.view((reader) => [...reader.list(things), ...reader.list(notes)]),
      [],
    );
    assert.equal(journal.commits, 0);
  });

  test('may write beyond the limit of a transaction, and not to what it derives from', async () => {
    const { store } = await openSimStore({ tables: [things, notes], derivations: [noting([])] });
    await store.update((tx) => {
      for (let index = 0; index < transactionLimit.changes; index += 1) tx.put(things, { id: `${index}`, size: 1 });
    });
    const looping: Derivation = { of: [notes], derive: (tx) => tx.put(notes, { id: 'more', text: '' }) };
    const other = await openSimStore({ tables: [things, notes], derivations: [looping] });
    await assert.rejects(
      other.store.update((tx) => tx.put(notes, { id: 'a', text: '' })),
      AssertionError,
    );
  });
});
