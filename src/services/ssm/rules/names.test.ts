import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNewName, readReference } from './names.ts';

const references: readonly (readonly [text: string, name: string, selector?: string])[] = [
  ['plain', 'plain'],
  ['/a/b', '/a/b'],
  ['/a/b:3', '/a/b', ':3'],
  ['plain:prod', 'plain', ':prod'],
  ['arn:aws:ssm:us-east-1:000000000000:parameter/a/b', '/a/b'],
  ['arn:aws:ssm:us-east-1:000000000000:parameter/plain', 'plain'],
  ['arn:aws:ssm:us-east-1:000000000000:parameter/plain:2', 'plain', ':2'],
];

for (const [text, name, selector] of references) {
  test(`${text} names ${name}${selector ?? ''}`, () => {
    assert.deepEqual(readReference(text), { name, ...(selector === undefined ? {} : { selector }) });
  });
}

test('names that AWS keeps for itself or cannot place are refused', () => {
  assert.throws(() => checkNewName('/aws/mine'), { code: 'AccessDeniedException' });
  for (const name of ['aws-mine', 'ssmthing', '/ssm/mine', 'a/b', 'a b', '/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16']) {
    assert.throws(() => checkNewName(name), { code: 'ValidationException' }, name);
  }
  for (const name of ['a', '/a', '/my/aws', 'a.b-c_d']) assert.doesNotThrow(() => checkNewName(name), name);
});
