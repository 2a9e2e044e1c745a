import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFilterPattern } from './filter-pattern.ts';

const cases: readonly (readonly [pattern: string, matching: readonly string[], other: readonly string[]])[] = [
  ['', ['anything', ''], []],
  ['ERROR', ['[ERROR] x', 'ERRORS'], ['error']],
  ['ERROR ARGUMENTS', ['ERROR in ARGUMENTS', 'ARGUMENTS ERROR'], ['ERROR']],
  ['"two words"', ['has two words.'], ['two  words', 'words two']],
  [String.raw`"say \"hi\""`, ['say "hi"'], ['say hi']],
  ['?ERROR ?WARN', ['ERROR', 'a WARN'], ['INFO']],
  ['ERROR -Exiting', ['ERROR'], ['ERROR Exiting']],
  ['-"health check"', ['GET /'], ['GET health check']],
  ['{ $.level = "error" }', ['{"level":"error"}'], ['{"level":"warn"}', '{}', 'level error', '[1]']],
  ['{ $.level = err* }', ['{"level":"error"}', '{"level":"err"}'], ['{"level":"xerr"}']],
  ['{ $.path = "/api/*/x*" }', ['{"path":"/api/1/x2"}'], ['{"path":"/api/x"}']],
  [
    '{ $.status >= 500 && $.path != "/health" }',
    ['{"status":503,"path":"/"}'],
    ['{"status":503,"path":"/health"}', '{"status":404,"path":"/"}', '{"status":"503","path":"/"}'],
  ],
  ['{ ($.a = 1) || ($.b = 2 && $.c = 3) }', ['{"a":1}', '{"b":2,"c":3}'], ['{"b":2}']],
  ['{ $.list[1].name = "b" }', ['{"list":[{"name":"a"},{"name":"b"}]}'], ['{"list":[{"name":"b"}]}']],
  ['{ $.x IS NULL }', ['{"x":null}'], ['{}', '{"x":0}']],
  ['{ $.x NOT EXISTS }', ['{}'], ['{"x":null}']],
  ['{ $.ok IS FALSE }', ['{"ok":false}'], ['{"ok":true}', '{"ok":"false"}']],
  ['{ $.n = 1e3 }', ['{"n":1000}'], ['{"n":1}']],
  ['{ $[0] = 5 }', ['[5]'], ['[6]', '{"0":6}']],
];

test('a pattern matches what the guide of CloudWatch Logs says, and nothing else', () => {
  for (const [pattern, matching, other] of cases) {
    const matches = parseFilterPattern(pattern);
    for (const message of matching) assert.ok(matches(message), `${pattern} matches ${message}`);
    for (const message of other) assert.ok(!matches(message), `${pattern} does not match ${message}`);
  }
});

test('a pattern that cannot be read, or is of a kind that is not built, is refused', () => {
  for (const pattern of [
    'foo-bar',
    '"open',
    '%regex%',
    '[a, b]',
    '{ $.x }',
    '{ $.x = }',
    '{ x = 1 }',
    '{ $.x > a }',
    '{ ($.x = 1 }',
    '{ $.x = %a% }',
    '{ $.x = 1',
    '{ $.a = 1 $.b = 2 }',
  ]) {
    assert.throws(() => parseFilterPattern(pattern), { code: 'InvalidParameterException' }, pattern);
  }
});
