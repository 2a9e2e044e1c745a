import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asUuid, hex } from './hex.ts';

test('every byte is two lower-case digits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.equal(hex(bytes), Buffer.from(bytes).toString('hex'));
    }),
  );
});

test('32 digits make a UUID', () => {
  assert.equal(asUuid('0123456789abcdef0123456789abcdef'), '01234567-89ab-cdef-0123-456789abcdef');
});
