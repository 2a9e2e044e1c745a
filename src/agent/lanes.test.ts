import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simWorld } from '../world/sim/sim-world.ts';
import { createLanes, type Lane } from './lanes.ts';

/** Work that lasts until it is told to end, and notes when it begins. */
function scene(limit: number) {
  const { clock } = simWorld('lanes');
  const lanes = createLanes(clock, limit);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const settled = () => clock.advance(1);
  return {
    clock,
    begun,
    ask: async (lane: Lane, name: string): Promise<void> => {
      void lanes.run(lane, () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      });
      await settled();
    },
    end: async (name: string): Promise<void> => {
      ends.get(name)?.();
      await settled();
    },
  };
}

test('a start goes before a create that has waited longer, and a removal comes after both', async () => {
  const { ask, end, begun } = scene(1);
  await ask('create', 'first');
  await ask('remove', 'removal');
  await ask('create', 'create');
  await ask('start', 'start');
  for (const name of ['first', 'start', 'create', 'removal']) await end(name);
  assert.deepEqual(begun, ['first', 'start', 'create', 'removal']);
});

test('what is cleared away waits for a pause between starts, though there is room for it', async () => {
  const { ask, end, begun, clock } = scene(4);
  await ask('start', 'start');
  await ask('clear', 'cleared');
  await ask('remove', 'removal');
  await clock.advance(1000);
  for (const name of ['start', 'removal']) await end(name);
  await clock.advance(200);
  assert.deepEqual(begun, ['start', 'removal']);
  await clock.advance(100);
  assert.deepEqual(begun, ['start', 'removal', 'cleared']);
});

test('half of the room is left to a start that comes while much is cleared away', async () => {
  const { ask, end, begun, clock } = scene(4);
  for (const name of ['one', 'two', 'three']) await ask('clear', name);
  await clock.advance(1000);
  await ask('start', 'start');
  assert.deepEqual(begun, ['one', 'two', 'start']);
  for (const name of ['start', 'one']) await end(name);
  await clock.advance(300);
  assert.deepEqual(begun, ['one', 'two', 'start', 'three']);
});

test('after its patience one thing is cleared away beside the starts, and the next when that is done', async () => {
  const { ask, end, begun, clock } = scene(4);
  await ask('start', 'long');
  for (const name of ['one', 'two']) await ask('clear', name);
  await clock.advance(1900);
  assert.deepEqual(begun, ['long']);
  await clock.advance(200);
  assert.deepEqual(begun, ['long', 'one']);
  await end('one');
  assert.deepEqual(begun, ['long', 'one', 'two']);
});
