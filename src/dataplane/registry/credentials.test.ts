import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCredentials } from './credentials.ts';

test('credentials come as Basic, or as a Bearer token that is a pair or a password alone', () => {
  const aws = { username: 'AWS', password: 'a:b' };
  assert.deepEqual(readCredentials(`Basic ${btoa('AWS:a:b')}`), aws);
  assert.deepEqual(readCredentials(`bearer ${btoa('AWS:a:b')}`), aws);
  assert.deepEqual(readCredentials('Bearer pass.word'), { username: 'AWS', password: 'pass.word' });
});

test('no header, another scheme, what is no pair, and a pair of nothing are no credentials', () => {
  for (const header of [
    undefined,
    '',
    'Basic',
    'Digest x',
    'Basic %%%',
    `Basic ${btoa('AWS')}`,
    `Basic ${btoa(':')}`,
  ]) {
    assert.equal(readCredentials(header), undefined, String(header));
  }
});
