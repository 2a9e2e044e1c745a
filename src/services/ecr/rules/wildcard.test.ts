import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesWildcard } from './wildcard.ts';

const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['prod', 'prod', true],
  ['prod', 'prod-1', false],
  ['prod*', 'prod-1', true],
  ['*prod', 'prod-1', false],
  ['*prod*', 'my-prod-1', true],
  ['*test*1*2', 'a-test-1-b-2', true],
  ['*test*1*2', 'a-test-2-b-1', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*', '', true],
  ['v1.*', 'v1x0', false],
];

for (const [pattern, text, matches] of cases) {
  test(`'${pattern}' ${matches ? 'matches' : 'does not match'} '${text}'`, () => {
    assert.equal(matchesWildcard(pattern, text), matches);
  });
}

test('it agrees with a regular expression in which every * is .*', () => {
  const word = fc.stringMatching(/^[ab.*]{0,8}$/);
  fc.assert(
    fc.property(word, fc.stringMatching(/^[ab.]{0,10}$/), (pattern, text) => {
      const source = pattern
        .split('*')
        .map((part) => part.replaceAll('.', '\\.'))
        .join('.*');
      assert.equal(matchesWildcard(pattern, text), new RegExp(`^${source}$`).test(text));
    }),
  );
});
