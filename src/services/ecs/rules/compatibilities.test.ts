import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compatibilitiesOf, compatibilityRefusals } from './compatibilities.ts';
import { firstRefusal } from './refusal.ts';
import { withDefaults } from './task-definition-defaults.ts';
import type { ContainerInput, TaskDefinitionInput } from './task-definition-input.ts';

const fargate: TaskDefinitionInput = {
  family: 'web',
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'nginx' }],
};

function onFargate(task: Partial<TaskDefinitionInput>, container: Partial<ContainerInput> = {}): string | undefined {
  const input = { ...fargate, ...task, containerDefinitions: [{ name: 'app', image: 'nginx', ...container }] };
  return firstRefusal(compatibilityRefusals('FARGATE', withDefaults(input)))?.message;
}

test('a definition is compatible with each launch type that would take it', () => {
  assert.deepEqual(compatibilitiesOf(withDefaults(fargate)), ['EC2', 'FARGATE', 'MANAGED_INSTANCES']);
  const bridge = { family: 'web', containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }] };
  assert.deepEqual(compatibilitiesOf(withDefaults(bridge)), ['EC2', 'EXTERNAL']);
  assert.deepEqual(compatibilitiesOf(withDefaults({ ...fargate, ephemeralStorage: { sizeInGiB: 30 } })), ['FARGATE']);
});

const refusals: readonly (readonly [string | RegExp, Partial<TaskDefinitionInput>, Partial<ContainerInput>?])[] = [
  ['Fargate only supports network mode ‘awsvpc’.', { networkMode: 'bridge' }],
  ["Fargate requires that 'cpu' be defined at the task level.", { cpu: undefined }],
  ["Fargate requires that 'memory' be defined at the task level.", { memory: undefined }],
  ['No Fargate configuration exists for given values.', { memory: '4096' }],
  [
    "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    { pidMode: 'host' },
  ],
  [/sourcePath/, { volumes: [{ name: 'v', host: { sourcePath: '/' } }] }],
  [/privileged/, {}, { privileged: true }],
  [/SYS_PTRACE/, {}, { linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } }],
  [/log driver json-file/, {}, { logConfiguration: { logDriver: 'json-file' } }],
  [
    'Fargate requires task definition to have execution role ARN to support ECR images.',
    {},
    { image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1' },
  ],
  [
    'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    {},
    { logConfiguration: { logDriver: 'awslogs', options: {} } },
  ],
  [/stopTimeout/, {}, { stopTimeout: 121 }],
];

for (const [message, task, container] of refusals) {
  test(`Fargate refuses with ${String(message)}`, () => {
    const refusal = onFargate(task, container);
    if (typeof message === 'string') assert.equal(refusal, message);
    else assert.match(refusal ?? '', message);
  });
}

test('GPUs are for instances, shared ones not for External, Neuron devices only for Managed Instances', () => {
  const needs = (resourceRequirements: ContainerInput['resourceRequirements']) =>
    compatibilitiesOf(
      withDefaults({
        ...fargate,
        networkMode: 'host',
        containerDefinitions: [{ name: 'app', image: 'nginx', resourceRequirements }],
      }),
    );
  assert.deepEqual(needs([{ type: 'GPU', value: '1' }]), ['EC2', 'EXTERNAL', 'MANAGED_INSTANCES']);
  assert.deepEqual(needs([{ type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 1024 } } }]), [
    'EC2',
    'MANAGED_INSTANCES',
  ]);
  assert.deepEqual(needs([{ type: 'NeuronDevice', value: 'ALL' }]), ['MANAGED_INSTANCES']);
});

test('External instances have no awsvpc networks', () => {
  assert.match(firstRefusal(compatibilityRefusals('EXTERNAL', withDefaults(fargate)))?.message ?? '', /awsvpc/);
});
