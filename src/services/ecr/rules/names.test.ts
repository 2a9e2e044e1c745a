import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRepositoryName, isTag } from './names.ts';

for (const name of [
  'ab',
  'app',
  'team/app',
  'a1/b2/c3',
  'cdk-hnb659fds-container-assets-000000000000-us-east-1',
  'a.b_c-d',
]) {
  test(`${name} is a repository's name`, () => assert.ok(isRepositoryName(name)));
}

for (const name of [
  '',
  'a',
  'App',
  'team//app',
  '/app',
  'app/',
  '-app',
  'app-',
  'a..b',
  '../etc',
  'a b',
  'a'.repeat(257),
]) {
  test(`'${name.slice(0, 20)}' is no repository's name`, () => assert.ok(!isRepositoryName(name)));
}

test('a tag is a word of up to 128 characters that does not begin with a dot or a dash', () => {
  for (const tag of ['latest', 'v1.2.3', '_x', 'A-b_c.d', 'a'.repeat(128)]) assert.ok(isTag(tag), tag);
  for (const tag of ['', '.x', '-x', 'a b', 'a/b', 'a:b', 'a'.repeat(129)]) assert.ok(!isTag(tag), tag);
});
