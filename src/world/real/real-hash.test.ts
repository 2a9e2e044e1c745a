import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { realHash } from './real-hash.ts';

test("an HMAC is node:crypto's, for keys and data of any length, as bytes and as text", () => {
  const hash = realHash();
  const bytes = fc.uint8Array({ maxLength: 200 });
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(fc.oneof(bytes, text), fc.oneof(bytes, text), (key, data) => {
      assert.deepEqual(hash.hmacSha256(key, data), createHmac('sha256', key).update(data).digest());
    }),
  );
});
