import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simWorld } from './sim-world.ts';

test('after power loss a file holds what was synced, and of the rest at most a prefix with a torn tail', async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(50), fc.nat(50), async (seed, synced, unsynced) => {
      const host = simWorld(seed, { dueRunsByItself: true }).addHost('machine');
      const file = await host.boot().disk.openAppend('/srv/log');
      await file.append(new Uint8Array(synced).fill(1));
      await file.sync();
      await file.append(new Uint8Array(unsynced).fill(2));
      host.crash('machine');
      const found = await host.boot().disk.read('/srv/log');
      assert.ok(found);
      assert.ok(found.length >= synced && found.length <= synced + unsynced);
      assert.ok(found.subarray(0, synced).every((byte) => byte === 1));
      assert.ok(found.subarray(synced).every((byte) => byte === 2 || byte === 0));
      outcomes.add(found.length < synced + unsynced ? 'shorter' : 'whole');
      if (found.includes(0)) outcomes.add('torn');
    }),
    { numRuns: 60 },
  );
  assert.deepEqual([...outcomes].toSorted(), ['shorter', 'torn', 'whole']);
});

test('killing a process loses nothing that was written', async () => {
  const host = simWorld('seed', { dueRunsByItself: true }).addHost('machine');
  const file = await host.boot().disk.openAppend('/srv/log');
  await file.append(Uint8Array.of(1, 2, 3));
  host.crash('process');
  assert.deepEqual(await host.boot().disk.read('/srv/log'), Uint8Array.of(1, 2, 3));
});
