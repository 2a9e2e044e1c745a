import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compilePattern } from './pattern.ts';

test('the whole text has to match, in the syntax of Java', () => {
  const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['g2.*', 'g2.2xlarge', true],
    ['g2', 'g2.2xlarge', false],
    ['(?i)PROD', 'prod', true],
    ['[a-c]{2,3}', 'abc', true],
    ['[a-c]{2}', 'abc', false],
    ['[^a-c]+?', 'xyz', true],
    ['(?:a|b)*c', 'ababc', true],
    ['(?<zone>us-(east|west))-\\d[ab]', 'us-west-2b', true],
    ['\\w+\\.\\w+', 'c5.large', true],
    ['^a$', 'a', true],
    ['\\bweb\\b.*', 'web-1', true],
    ['', '', true],
    ['a|', '', true],
    ['[]-a]', ']', true],
    ['(a*)*b', 'aaab', true],
  ];
  for (const [source, text, matches] of cases) {
    const pattern = compilePattern(source);
    assert.ok('matches' in pattern, source);
    assert.equal(pattern.matches(text), matches, `${source} on ${text}`);
  }
});

test('what would need backtracking, or is no pattern, is refused', () => {
  for (const source of ['(?=a)b', '(a)\\1', 'a++', '(', ')', '[a', '*a', 'a{3,2}', '[a&&b]', '\\k', '(a{999}){999}']) {
    assert.ok('error' in compilePattern(source), source);
  }
});

test('a pattern made to explode costs no more than its length', () => {
  const pattern = compilePattern('(((a|a)*)*)*(a?){100}b');
  assert.ok('matches' in pattern);
  assert.equal(pattern.matches('a'.repeat(5000)), false);
});

test('patterns of what both know match as the built-in engine does', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '(a|b)', '(?:ab)', '1');
  const repeat = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '*?');
  const source = fc.array(fc.tuple(atom, repeat), { maxLength: 5 }).map((pieces) => pieces.flat().join(''));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(source, { minLength: 1, maxLength: 3 }), text, (options, value) => {
      const joined = options.join('|');
      const pattern = compilePattern(joined);
      assert.ok('matches' in pattern);
      assert.equal(pattern.matches(value), new RegExp(`^(?:${joined})$`).test(value), `${joined} on ${value}`);
    }),
  );
});

test('a pattern is found anywhere in a text, unless it says where', () => {
  const cases: readonly (readonly [pattern: string, text: string, isIn: boolean])[] = [
    ['b+', 'aabbaa', true],
    ['c', 'aabbaa', false],
    ['^b', 'ab', false],
    ['^a', 'ab', true],
    ['a$', 'ab', false],
    ['b$', 'ab', true],
    ['', '', true],
    ['(?P<level>INFO|WARN)', '12:00 WARN x', true],
  ];
  for (const [source, text, isIn] of cases) {
    const pattern = compilePattern(source);
    assert.ok('matches' in pattern, source);
    assert.equal(pattern.isIn(text), isIn, `${source} in ${text}`);
  }
});

test('a part of a text is found as the built-in engine finds it', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '(a|b)', '(?:ab)', '1', '^', '$');
  const repeat = fc.constantFrom('', '', '*', '+', '?', '{2}');
  const source = fc
    .array(fc.tuple(atom, repeat), { maxLength: 5 })
    .map((pieces) =>
      pieces.map(([one, times]) => (/[$^]$/.test(one) && one.length === 1 ? one : one + times)).join(''),
    );
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(source, text, (joined, value) => {
      const pattern = compilePattern(joined);
      assert.ok('isIn' in pattern);
      assert.equal(pattern.isIn(value), new RegExp(joined).test(value), `${joined} in ${value}`);
    }),
  );
});

test('Go reads braces that count nothing, brackets in a class and classes with names', () => {
  const cases: readonly (readonly [pattern: string, text: string, isIn: boolean])[] = [
    ['^{"level"', '{"level":1}', true],
    ['^{"level"', ' {"level":1}', false],
    ['a{,2}', 'a{,2}', true],
    ['a{2}', 'aa', true],
    ['a{2}', 'a{2}', false],
    ['^[[:upper:]]+[[:^space:]]$', 'ABC-', true],
    ['^[[:upper:]_]+$', 'abc', false],
    ['(?i)^[[:upper:]]+$', 'abc', true],
    ['^[[:cntrl:]]{2}$', '\u0001\u007f', true],
    ['[[:cntrl:]]', 'a ~é\u{1F600}', false],
    ['^\\[[^[]+$', '[a', true],
    ['^[a&&b]+$', 'a&b', true],
    ['^.$', '\r', true],
    ['^\\x41\\x{1F600}$', 'A\u{1F600}', true],
    ['^\\pL\\P{Lu}$', 'éé', true],
    ['^\\p{Greek}$', 'λ', true],
    ['^\\Qa.b\\E+$', 'a.bb', true],
    ['^\\Qa.b', 'axb', false],
    ['^\\\\Q$', '\\Q', true],
    ['(?U)^a*$', 'aa', true],
    ['^(?:a(?i)b|c)d$', 'aBd', true],
    ['^(?:a(?i)b|c)d$', 'CD', false],
    ['^(?i:a)b$', 'Ab', true],
    ['^(?i:a)b$', 'AB', false],
    ['(?i)a(?-i)b', 'Ab', true],
    ['(?i)a(?-i)b', 'AB', false],
    ['(?m)^b$', 'a\nb', true],
    ['^b$', 'a\nb', false],
  ];
  for (const [source, text, isIn] of cases) {
    const pattern = compilePattern(source, 'go');
    assert.ok('isIn' in pattern, `${source}: ${JSON.stringify(pattern)}`);
    assert.equal(pattern.isIn(text), isIn, `${source} in ${text}`);
  }
  for (const source of ['{2}', 'a++', '(?=a)b', '(?<!a)b', '[[:none:]]', '[a', '(', '\\pX', '\\p{Nobody}']) {
    assert.ok('error' in compilePattern(source, 'go'), source);
  }
});
