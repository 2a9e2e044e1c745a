import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimRandom } from './sim-random.ts';

test('the same seed gives the same stream and another seed another', () => {
  assert.deepEqual(new SimRandom(1).bytes(33), new SimRandom(1).bytes(33));
  assert.notDeepEqual(new SimRandom(1).bytes(33), new SimRandom(2).bytes(33));
});

test('a fork does not depend on what was drawn before it', () => {
  const drawn = new SimRandom('seed');
  drawn.bytes(100);
  assert.equal(drawn.fork('net').fraction(), new SimRandom('seed').fork('net').fraction());
  assert.notEqual(drawn.fork('net').fraction(), drawn.fork('disk').fraction());
});

test('numbers fill their range evenly', () => {
  const random = new SimRandom('even');
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 10_000; draw += 1) {
    const value = random.integer(0, 9);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1150, `about a tenth, not ${count}`);
});
