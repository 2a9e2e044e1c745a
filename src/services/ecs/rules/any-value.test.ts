import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Member, Shape } from '../../../aws/model.ts';
import { model } from '../../../aws/models/ecs.gen.ts';

/** Whatever the wire lets through as a value of a shape: right in its types, with odd words and numbers in it. */
export function anyValueOf(name: string, words: readonly string[]): fc.Arbitrary<unknown> {
  const shape: Shape = model.shapes[name] ?? { kind: name === 'string' ? 'string' : simpleKind(name) };
  const anyOf = (member: Member): fc.Arbitrary<unknown> => anyValueOf(member.shape, words);
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return fc.record(Object.fromEntries(Object.entries(shape.members).map(([member, of]) => [member, anyOf(of)])), {
        requiredKeys: [...shape.required],
      });
    case 'list':
      return fc.array(anyOf(shape.member), { maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.constantFrom(...words), anyOf(shape.value), { maxKeys: 2 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'long':
    case 'float':
    case 'number':
      return fc.constantFrom(-1, 0, 1, 5, 80, 256, 512, 70_000);
    default:
      return fc.constantFrom(...words);
  }
}

function simpleKind(name: string): 'boolean' | 'integer' | 'string' {
  if (name === 'boolean') return 'boolean';
  return ['integer', 'long', 'float', 'number'].includes(name) ? 'integer' : 'string';
}

test('a value of a shape has the members that the shape requires', () => {
  fc.assert(
    fc.property(anyValueOf('KeyValuePair', ['a']), (pair) => {
      assert.ok(typeof pair === 'object' && pair !== null);
      for (const member of Object.keys(pair)) assert.ok(['name', 'value'].includes(member));
    }),
  );
});
