import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { simHash } from './sim-hash.ts';

test('the digests are those of the platform for data of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 150 }), (data, key) => {
      assert.equal(simHash.sha256Hex(data), createHash('sha256').update(data).digest('hex'));
      assert.equal(simHash.md5Hex(data), createHash('md5').update(data).digest('hex'));
      assert.deepEqual(Buffer.from(simHash.hmacSha256(key, data)), createHmac('sha256', key).update(data).digest());
    }),
  );
});

test('equal compares content and length', () => {
  assert.equal(simHash.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
  assert.equal(simHash.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  assert.equal(simHash.equal(Uint8Array.of(1, 0), Uint8Array.of(1)), false);
});
