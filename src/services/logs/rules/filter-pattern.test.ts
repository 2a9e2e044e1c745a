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
  ['%ERR(OR)?% -%5[0-9]{2}%', ['ERR 404', 'xERRORx'], ['ERROR 503', 'error']],
  ['{ $.status = %^4[0-9]{2}$% }', ['{"status":"404"}'], ['{"status":"4040"}', '{"status":404}', '{}']],
  ['{ $.status != %^4% && $.a = 1 }', ['{"status":"500","a":1}'], ['{"status":"404","a":1}', '{"a":1}']],
  ['[level, text]', ['INFO up', 'INFO "all is up"', '[INFO] up'], ['INFO', 'INFO all up', '']],
  [
    '[ip, id, user, timestamp, request = *.html*, status = 4*, size]',
    ['127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'],
    [
      '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 200 1534',
      '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.php HTTP/1.0" 404 1534',
    ],
  ],
  [
    '[..., status = 404 || status = %^5%, bytes > 1000]',
    ['a b 404 1001', '503 2000'],
    ['404 1000', 'a 200 2000', '2000'],
  ],
  ['[first != "a" && first != b, ...]', ['c', 'c a b'], ['a', 'b c']],
];

test('a pattern matches what the guide of CloudWatch Logs says, and nothing else', () => {
  for (const [pattern, matching, other] of cases) {
    const matches = parseFilterPattern(pattern);
    for (const message of matching) assert.ok(matches(message), `${pattern} matches ${message}`);
    for (const message of other) assert.ok(!matches(message), `${pattern} does not match ${message}`);
  }
});

test('a pattern that cannot be read, is refused', () => {
  for (const pattern of [
    'foo-bar',
    '"open',
    '%(%',
    '[a, b',
    '[..., a, ...]',
    '[a = ]',
    '[a = 1 &&]',
    '[a = 1 || b = 2]',
    '[a > x]',
    '[a,, b]',
    '{ $.x }',
    '{ $.x = }',
    '{ x = 1 }',
    '{ $.x > a }',
    '{ ($.x = 1 }',
    '{ $.x = %(% }',
    '{ $.x = 1',
    '{ $.a = 1 $.b = 2 }',
  ]) {
    assert.throws(() => parseFilterPattern(pattern), { code: 'InvalidParameterException' }, pattern);
  }
});
