import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from './base64.ts';

test('bytes are written as Node writes them and read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(encodeBase64(bytes), Buffer.from(bytes).toString('base64'));
      assert.deepEqual(decodeBase64(encodeBase64(bytes)), Uint8Array.from(bytes));
    }),
  );
});

test('what is no base64 is not read', () => {
  for (const text of ['a', 'ab', 'abc', 'ab=c', '=', '====', 'a===', 'ab-_', 'abcd\n', 'ab c', 'abcdé===']) {
    assert.equal(decodeBase64(text), undefined, text);
  }
});
