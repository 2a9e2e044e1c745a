import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requiredAttributes } from './required-attributes.ts';
import { withDefaults } from './task-definition-defaults.ts';
import type { ContainerInput, TaskDefinitionInput } from './task-definition-input.ts';

const base = 'com.amazonaws.ecs.capability.docker-remote-api.1.18';

function needs(container: Partial<ContainerInput>, task: Partial<TaskDefinitionInput> = {}): readonly string[] {
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64, ...container }];
  const definition = withDefaults({ family: 'web', containerDefinitions, ...task });
  return requiredAttributes(definition)
    .map((attribute) => attribute.name)
    .filter((name) => name !== base);
}

test('every definition needs an engine and nothing else by itself', () => {
  const definition = withDefaults({
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
  });
  assert.deepEqual(requiredAttributes(definition), [{ name: base }]);
});

const role = 'arn:aws:iam::123456789012:role/r';
const cases: readonly (readonly [readonly string[], Partial<ContainerInput>, Partial<TaskDefinitionInput>?])[] = [
  [['ecs.capability.task-eni'], {}, { networkMode: 'awsvpc' }],
  [['com.amazonaws.ecs.capability.task-iam-role'], {}, { taskRoleArn: role }],
  [['com.amazonaws.ecs.capability.task-iam-role-network-host'], {}, { taskRoleArn: role, networkMode: 'host' }],
  [
    [
      'com.amazonaws.ecs.capability.logging-driver.awslogs',
      'com.amazonaws.ecs.capability.docker-remote-api.1.19',
      'ecs.capability.execution-role-awslogs',
    ],
    { logConfiguration: { logDriver: 'awslogs' } },
    { executionRoleArn: role },
  ],
  [
    ['com.amazonaws.ecs.capability.ecr-auth', 'ecs.capability.execution-role-ecr-pull'],
    { image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/app' },
    { executionRoleArn: role },
  ],
  [
    ['ecs.capability.secrets.asm.environment-variables', 'ecs.capability.secrets.ssm.environment-variables'],
    {
      secrets: [
        { name: 'A', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf' },
        { name: 'B', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/b' },
      ],
    },
  ],
  [['ecs.capability.container-health-check'], { healthCheck: { command: ['CMD', 'true'] } }],
  [['ecs.capability.container-ordering'], { stopTimeout: 5 }],
  [['ecs.capability.docker-plugin.local'], {}, { volumes: [{ name: 'v', dockerVolumeConfiguration: {} }] }],
  [['ecs.capability.task-cpu-mem-limit'], {}, { memory: '512' }],
  [[], {}, { memory: '512', cpu: '256', requiresCompatibilities: ['FARGATE'] }],
];

for (const [names, container, task] of cases) {
  test(`a definition that says so needs ${names.join(' and ') || 'nothing more'}`, () => {
    assert.deepEqual(needs(container, task), names);
  });
}
