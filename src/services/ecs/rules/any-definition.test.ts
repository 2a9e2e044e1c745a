import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Member, Shape } from '../../../aws/model.ts';
import { model } from '../../../aws/models/ecs.gen.ts';
import { compatibilitiesOf, compatibilityRefusals } from './compatibilities.ts';
import { requiredAttributes } from './required-attributes.ts';
import { withDefaults } from './task-definition-defaults.ts';
import type { TaskDefinitionInput } from './task-definition-input.ts';
import { taskDefinitionRefusals } from './validate/task-definition.ts';

const words = (
  'app sidecar data nginx:1 80-90 net.core.somaxconn CMD 512 2GB awsvpc host task shared udp GPU ALL awslogs awsfirelens ' +
  's3 START HEALTHY ENABLED WINDOWS_SERVER_2022_CORE FARGATE'
)
  .split(' ')
  .concat(['', 'a b', '1 vCPU']);

/** Whatever the wire lets through as a value of a shape: right in its types, with odd words and numbers in it. */
function anyOf(name: string): fc.Arbitrary<unknown> {
  const shape: Shape = model.shapes[name] ?? { kind: name === 'string' ? 'string' : simpleKind(name) };
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return fc.record(
        Object.fromEntries(Object.entries(shape.members).map(([member, of]) => [member, anyOfMember(of)])),
        { requiredKeys: [...shape.required] },
      );
    case 'list':
      return fc.array(anyOfMember(shape.member), { maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.constantFrom(...words), anyOfMember(shape.value), { maxKeys: 2 });
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

function anyOfMember(member: Member): fc.Arbitrary<unknown> {
  return anyOf(member.shape);
}

function simpleKind(name: string): 'boolean' | 'integer' | 'string' {
  if (name === 'boolean') return 'boolean';
  return ['integer', 'long', 'float', 'number'].includes(name) ? 'integer' : 'string';
}

const anyDefinition = anyOf('RegisterTaskDefinitionRequest') as fc.Arbitrary<TaskDefinitionInput>;

test('no definition that the wire lets through breaks a rule itself', () => {
  fc.assert(
    fc.property(anyDefinition, (definition) => {
      const refusals = [...taskDefinitionRefusals(definition)];
      for (const { code, message } of refusals) assert.ok(code && message);
      const content = withDefaults(definition);
      for (const one of ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'] as const) {
        assert.equal(compatibilitiesOf(content).includes(one), [...compatibilityRefusals(one, content)].length === 0);
      }
      const names = requiredAttributes(content).map((attribute) => attribute.name);
      assert.equal(new Set(names).size, names.length);
    }),
    { numRuns: 300 },
  );
});

test('filling in defaults twice is the same as once', () => {
  fc.assert(
    fc.property(anyDefinition, (definition) => {
      const once = withDefaults(definition);
      assert.deepEqual(withDefaults({ ...once, family: definition.family }), once);
    }),
    { numRuns: 300 },
  );
});
