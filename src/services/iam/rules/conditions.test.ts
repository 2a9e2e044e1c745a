import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileCondition } from './conditions.ts';
import { contextOf } from './context.ts';

type Case = readonly [
  operator: string,
  wanted: string | readonly string[],
  present: string | readonly string[] | undefined,
  holds: boolean | 'unresolved',
];

const cases: readonly Case[] = [
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'a*', true],
  ['StringEquals', 'a*', 'ab', false],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', ['a', 'b'], 'c', true],
  ['StringNotEquals', 'a', undefined, true],
  ['StringNotEqualsIfExists', 'a', undefined, true],
  ['StringEqualsIgnoreCase', 'ABC', 'abc', true],
  ['StringNotEqualsIgnoreCase', 'ABC', 'abc', false],
  ['StringLike', 'a?c*', 'abcdef', true],
  ['StringNotLike', 'a*', 'abc', false],
  ['StringEquals', '${aws:username}', 'dev', true],
  ['StringNotEquals', '${aws:PrincipalTag/none}', 'dev', 'unresolved'],
  ['NumericEquals', '10', '10.0', true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThan', '10', 'nine', false],
  ['NumericNotEquals', '10', '11', true],
  ['NumericGreaterThanEquals', '1024', '1024', true],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericLessThanEquals', '10', '11', false],
  ['NumericGreaterThan', '10', '10', false],
  ['DateNotEquals', '2026-12-01T00:00:00Z', '2026-12-01T00:00:00Z', false],
  ['DateLessThanEquals', '2026-12-01T00:00:00Z', '2026-12-01T00:00:00Z', true],
  ['DateGreaterThanEquals', '2026-12-01T00:00:00Z', '2026-11-30T23:59:59Z', false],
  ['ArnEquals', 'arn:aws:ecs:*:*:cluster/a', 'arn:aws:ecs:us-east-1:1:cluster/b', false],
  ['ArnNotLike', 'arn:aws:ecs:*:*:cluster/*', 'arn:aws:ecs:us-east-1:1:service/a', true],
  ['DateLessThan', '2026-12-01T00:00:00Z', '1700000000', true],
  ['DateGreaterThan', '2026-12-01T00:00:00Z', '2026-12-01T00:00:01+00:00', true],
  ['DateEquals', 'soon', '2026-12-01T00:00:00Z', false],
  ['Bool', 'true', 'True', true],
  ['Bool', 'false', undefined, false],
  ['BoolIfExists', 'false', undefined, true],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
  ['IpAddress', '203.0.113.0/24', '203.0.113.9', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.9', false],
  ['IpAddress', '203.0.113.0/25', '203.0.113.129', false],
  ['IpAddress', '203.0.113.9', '::ffff:203.0.113.9', true],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678:9abc::1', true],
  ['IpAddress', '2001:db8::/32', '203.0.113.9', false],
  ['NotIpAddress', ['10.0.0.0/8', '127.0.0.0/8'], '127.0.0.1', false],
  ['IpAddress', '0.0.0.0/0', '8.8.8.8', true],
  ['ArnLike', 'arn:aws:ecs:*:*:cluster/*', 'arn:aws:ecs:us-east-1:1:cluster/a', true],
  ['ArnLike', 'arn:aws:ecs:*:cluster/a', 'arn:aws:ecs:us-east-1:1:cluster/a', false],
  ['ArnNotEquals', 'arn:aws:ecs:*:*:cluster/*', 'arn:aws:ecs:us-east-1:1:cluster/a', false],
  ['Null', 'true', undefined, true],
  ['Null', 'false', undefined, false],
  ['Null', 'false', 'x', true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a'], undefined, true],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
  ['ForAllValues:StringNotEquals', ['a'], ['a', 'c'], false],
  ['ForAnyValue:StringLike', ['a*'], ['x', 'ab'], true],
  ['ForAnyValue:StringLike', ['a*'], [], false],
  ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', ['a'], undefined, false],
  ['ForAnyValue:StringEqualsIfExists', ['a'], undefined, true],
];

for (const [operator, wanted, present, holds] of cases) {
  test(`${operator} ${JSON.stringify(wanted)} of ${JSON.stringify(present ?? null)} is ${holds}`, () => {
    const condition = compileCondition(operator, 'test:Key', [wanted].flat(), true);
    const context = contextOf({ 'aws:username': 'dev', ...(present === undefined ? {} : { 'TEST:key': present }) });
    assert.equal(condition?.holds(context), holds);
  });
}

test('an operator that AWS does not have is none', () => {
  for (const name of ['StringMatches', 'stringequals', 'NullIfExists', 'ForSomeValues:StringEquals', 'constructor']) {
    assert.equal(compileCondition(name, 'aws:username', ['a'], true), undefined, name);
  }
});
