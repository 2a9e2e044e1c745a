import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { mutants } from './list.ts';

const root = resolve(import.meta.dirname, '../..');

test('each planted bug finds its place, once, in the sources as they are', () => {
  for (const { name, file, search } of mutants) {
    const found = readFileSync(join(root, file), 'utf8').split(search).length - 1;
    assert.equal(found, 1, `${name}: its place is in ${file} ${found} times`);
  }
});
