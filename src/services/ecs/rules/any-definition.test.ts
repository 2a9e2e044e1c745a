import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyValueOf } from './any-value.test.ts';
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

const anyDefinition = anyValueOf('RegisterTaskDefinitionRequest', words) as fc.Arbitrary<TaskDefinitionInput>;

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
