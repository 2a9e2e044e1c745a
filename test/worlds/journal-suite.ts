import assert from 'node:assert/strict';
import { describe } from 'node:test';
import fc from 'fast-check';
import type { Journal, StoredChange } from '../../src/store/journal.ts';
import { JournalError } from '../../src/store/journal.ts';
import { type Fixture, type MakeFixture, worldTest } from './fixture.ts';

export interface JournalFixture extends Fixture {
  /** Opens the fixture's one journal; rejects while it is open. */
  readonly open: () => Promise<Journal>;
}

export function journalSuite(make: MakeFixture<JournalFixture>): void {
  describe('journal', () => {
    worldTest(make, 'a new journal is empty', async ({ open }) => {
      const journal = await open();
      assert.deepEqual(await contents(journal), {});
      await journal.close();
    });

    worldTest(make, 'what was committed is there after reopening: added, replaced, deleted', async ({ open }) => {
      const first = await open();
      await first.commit([put('a', '1', '{"v":1}'), put('a', '2', '{"v":2}'), put('b', '1', '{"v":"ä\\u0000"}')]);
      await first.commit([put('a', '1', '{"v":10}'), remove('a', '2'), remove('a', 'never there')]);
      await first.close();
      const second = await open();
      assert.deepEqual(await contents(second), { 'a 1': '{"v":10}', 'b 1': '{"v":"ä\\u0000"}' });
      await second.close();
    });

    worldTest(make, 'commits made at once are applied in the order they were asked for', async ({ open }) => {
      const first = await open();
      await Promise.all(Array.from({ length: 50 }, (_, index) => first.commit([put('a', 'k', String(index))])));
      await first.close();
      const second = await open();
      assert.deepEqual(await contents(second), { 'a k': '49' });
      await second.close();
    });

    worldTest(make, 'a journal is owned by one server at a time', async ({ open }) => {
      const first = await open();
      await assert.rejects(open(), JournalError);
      await first.commit([put('a', '1', '1')]);
      await first.close();
      const second = await open();
      assert.deepEqual(await contents(second), { 'a 1': '1' });
      await second.close();
    });

    worldTest(make, 'an empty commit is durable at once and changes nothing', async ({ open }) => {
      const journal = await open();
      await journal.commit([]);
      assert.deepEqual(await contents(journal), {});
      await journal.close();
    });

    worldTest(make, 'commits after the close reject', async ({ open }) => {
      const journal = await open();
      await journal.close();
      await assert.rejects(journal.commit([put('a', '1', '1')]), JournalError);
    });

    worldTest(make, 'random groups with reopenings agree with a plain map', async ({ open }) => {
      const change = fc.record({
        table: fc.constantFrom('one', 'two'),
        key: fc.constantFrom('a', 'b', 'c', 'key/with:signs', ''),
        value: fc.option(fc.json(), { nil: undefined }),
      });
      const step = fc.oneof(
        { weight: 5, arbitrary: fc.array(change, { maxLength: 6 }) },
        { weight: 1, arbitrary: fc.constant('reopen' as const) },
      );
      const model = new Map<string, string>();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          let journal = await open();
          for (const changes of steps) {
            if (changes === 'reopen') {
              await journal.close();
              journal = await open();
              continue;
            }
            await journal.commit(changes);
            for (const { table, key, value } of changes) {
              if (value === undefined) model.delete(`${table} ${key}`);
              else model.set(`${table} ${key}`, value);
            }
          }
          assert.deepEqual(await contents(journal), Object.fromEntries(model));
          await journal.close();
        }),
        { numRuns: 30, endOnFailure: true },
      );
    });
  });
}

export function put(table: string, key: string, value: string): StoredChange {
  return { table, key, value };
}

export function remove(table: string, key: string): StoredChange {
  return { table, key, value: undefined };
}

export async function contents(journal: Journal): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { table, keys, records } of await journal.load()) {
    const values: readonly unknown[] = JSON.parse(records);
    assert.equal(values.length, keys.length);
    for (const [index, key] of keys.entries()) {
      assert.ok(!(`${table} ${key}` in found), 'a record is loaded once');
      found[`${table} ${key}`] = JSON.stringify(values[index]);
    }
  }
  return found;
}
