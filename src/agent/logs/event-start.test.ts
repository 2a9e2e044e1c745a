import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from '../../core/pattern.ts';
import { eventStartPattern } from './event-start.ts';

test('a date format stands for the lines that have such a date, as the driver documents it', () => {
  const cases: readonly (readonly [format: string, line: string, begins: boolean])[] = [
    ['\\[%b %d, %Y %H:%M:%S\\]', '[May 01, 2017 19:00:01] A message was logged', true],
    ['\\[%b %d, %Y %H:%M:%S\\]', '  another line of it', false],
    ['%Y-%m-%dT%H:%M:%S%L%z', '2026-11-22T16:17:46.123+0100 up', true],
    ['%Y-%m-%dT%H:%M:%S%L%z', '2026-13-22T16:17:46.123+0100 up', false],
    ['%A, %B %d %I:%M %p', 'Sunday, November 22 04:17 PM', true],
    ['%a %j %y %w %Z %f', 'Sun 326 26 0 CEST 000123', true],
    ['%H:%M:%S', '24:00:00', false],
    ['%Qd%%', 'd', true],
  ];
  for (const [format, line, begins] of cases) {
    const pattern = compilePattern(eventStartPattern({ 'awslogs-datetime-format': format }) ?? '', 'go');
    assert.ok('isIn' in pattern, format);
    assert.equal(pattern.isIn(line), begins, `${format} in ${line}`);
  }
});

test('a pattern is itself, and without either each line is an event', () => {
  assert.equal(eventStartPattern({ 'awslogs-multiline-pattern': '^INFO' }), '^INFO');
  assert.equal(eventStartPattern({}), undefined);
});
