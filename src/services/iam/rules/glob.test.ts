import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileGlob, literalText, markWildcards, matchGlob } from './glob.ts';

const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['*', '', true],
  ['*', 'arn:aws:s3:::a/b', true],
  ['', '', true],
  ['', 'a', false],
  ['?', '', false],
  ['?', 'a', true],
  ['a*c', 'abbbc', true],
  ['a*c', 'abbbd', false],
  ['a*b*c', 'aXbXbXc', true],
  ['*/web*', 'arn:x:task-definition/web:1', true],
  ['a.c', 'abc', false],
  ['*?', '', false],
  ['*?', 'a', true],
];

for (const [pattern, text, matches] of cases) {
  test(`${pattern} ${matches ? 'matches' : 'does not match'} '${text}'`, () => {
    assert.equal(compileGlob(markWildcards(pattern)).matches(text), matches);
    assert.equal(matchGlob(markWildcards(pattern), text), matches);
  });
}

test('matching agrees with a regular expression', () => {
  const alphabet = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(alphabet, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      assert.equal(compileGlob(markWildcards(pattern)).matches(text), expression.test(text));
    }),
    { numRuns: 3000 },
  );
});

test('a pattern made to be slow is not', () => {
  const started = performance.now();
  assert.equal(compileGlob(markWildcards(`${'*a'.repeat(50)}b`)).matches('a'.repeat(5000)), false);
  assert.ok(performance.now() - started < 1000);
});

test('text that would be read as a wildcard is no literal text', () => {
  assert.equal(literalText('a*b'), 'a*b');
  assert.equal(literalText(markWildcards('a*b')), undefined);
});
