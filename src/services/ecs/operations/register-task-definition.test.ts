import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import type { Parsed } from '../../../aws/operation.ts';
import { openEcs } from '../open-ecs.test.ts';
import { deletedTaskDefinitions } from '../reconcilers/deleted-task-definitions.ts';
import { deleteTaskDefinitions } from './delete-task-definitions.ts';
import { deregisterTaskDefinition } from './deregister-task-definition.ts';
import { describeTaskDefinition } from './describe-task-definition.ts';
import { registerTaskDefinition } from './register-task-definition.ts';

const web = { family: 'web', containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128 }] };

test('the least definition is shown again with all that AWS fills in', async () => {
  const ecs = await openEcs();
  const { taskDefinition, tags } = await ecs.ask(registerTaskDefinition, web);
  assert.deepEqual(taskDefinition, {
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
    family: 'web',
    revision: 1,
    status: 'ACTIVE',
    containerDefinitions: [
      {
        name: 'app',
        image: 'nginx',
        cpu: 0,
        memory: 128,
        essential: true,
        portMappings: [],
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ],
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' }],
    compatibilities: ['EC2', 'EXTERNAL'],
    registeredAt: new Date(ecs.clock.now()),
    registeredBy: 'arn:aws:iam::123456789012:root',
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
  });
  assert.equal(tags, undefined);
});

test('ports, sizes, health checks and volumes are written out', async () => {
  const ecs = await openEcs();
  const ports = [{ containerPort: 80 }, { containerPort: 53, hostPort: 53, protocol: 'udp' }] as const;
  const { taskDefinition: bridge } = await ecs.ask(registerTaskDefinition, {
    family: 'a',
    cpu: '1 vCPU',
    memory: '2GB',
    volumes: [{ name: 'v' }],
    containerDefinitions: [
      { name: 'app', image: 'nginx', portMappings: ports, healthCheck: { command: ['CMD', 'true'], retries: 2 } },
    ],
  });
  assert.equal(bridge?.cpu, '1024');
  assert.equal(bridge?.memory, '2048');
  assert.deepEqual(bridge?.volumes, [{ name: 'v', host: {} }]);
  const [app] = bridge?.containerDefinitions ?? [];
  assert.deepEqual(app?.portMappings, [
    { containerPort: 80, hostPort: 0, protocol: 'tcp' },
    { containerPort: 53, hostPort: 53, protocol: 'udp' },
  ]);
  assert.deepEqual(app?.healthCheck, { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 2 });
  const { taskDefinition: awsvpc } = await ecs.ask(registerTaskDefinition, {
    family: 'a',
    networkMode: 'awsvpc',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128, portMappings: [{ containerPort: 80 }] }],
  });
  assert.deepEqual(awsvpc?.containerDefinitions?.[0]?.portMappings, [
    { containerPort: 80, hostPort: 80, protocol: 'tcp' },
  ]);
});

test('a revision is given once, whatever becomes of it', async () => {
  const ecs = await openEcs();
  for (let round = 1; round <= 3; round += 1) {
    const { taskDefinition } = await ecs.ask(registerTaskDefinition, web);
    assert.equal(taskDefinition?.revision, round);
    await ecs.ask(deregisterTaskDefinition, { taskDefinition: `web:${round}` });
    await ecs.ask(deleteTaskDefinitions, { taskDefinitions: [`web:${round}`] });
    await ecs.settle([deletedTaskDefinitions]);
    await ecs.refuses(describeTaskDefinition, { taskDefinition: `web:${round}` }, 'ClientException');
  }
});

test('tags are shown beside the definition, and only when asked for', async () => {
  const ecs = await openEcs();
  const tags = [{ key: 'k', value: 'v' }];
  const registered = await ecs.ask(registerTaskDefinition, { ...web, tags });
  assert.deepEqual(registered.tags, tags);
  assert.ok(!('tags' in (registered.taskDefinition ?? {})));
  assert.equal((await ecs.ask(describeTaskDefinition, { taskDefinition: 'web' })).tags, undefined);
  assert.deepEqual((await ecs.ask(describeTaskDefinition, { taskDefinition: 'web', include: ['TAGS'] })).tags, tags);
});

test('what a required launch type does not take is refused', async () => {
  const ecs = await openEcs();
  await ecs.refuses(
    registerTaskDefinition,
    { ...web, requiresCompatibilities: ['FARGATE'] },
    'ClientException',
    'Fargate only supports network mode ‘awsvpc’.',
  );
  await ecs.refuses(registerTaskDefinition, { ...web, cpu: '64' }, 'InvalidParameterException', /cpu/);
  assert.equal(ecs.journal.commits, 0);
});

test('what was described, registered again, is the same with the next revision', async () => {
  const ecs = await openEcs();
  await fc.assert(
    fc.asyncProperty(definitions, async (input) => {
      const first = (await ecs.ask(registerTaskDefinition, input)).taskDefinition ?? {};
      const {
        taskDefinitionArn: _arn,
        revision,
        status: _status,
        requiresAttributes: _attributes,
        compatibilities: _compatibilities,
        registeredAt: _at,
        registeredBy: _by,
        deregisteredAt: _deregisteredAt,
        deleteRequestedAt: _deleteRequestedAt,
        ...given
      } = (await ecs.ask(describeTaskDefinition, { taskDefinition: input.family })).taskDefinition ?? {};
      assert.equal(revision, first.revision);
      // Through JSON, as a client would: the SDK's types of outputs and inputs differ only in what may be undefined.
      const again = await ecs.ask(registerTaskDefinition, JSON.parse(JSON.stringify(given)));
      assert.deepEqual(JSON.parse(JSON.stringify(again.taskDefinition)), {
        ...JSON.parse(JSON.stringify(first)),
        taskDefinitionArn: `arn:aws:ecs:us-east-1:123456789012:task-definition/${input.family}:${(revision ?? 0) + 1}`,
        revision: (revision ?? 0) + 1,
      });
    }),
    { numRuns: 60 },
  );
});

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Valid definitions of one container with any mixture of members that have defaults. */
const definitions: fc.Arbitrary<Parsed<RegisterTaskDefinitionRequest>> = fc.record({
  family: fc.constantFrom('web', 'web-2', 'job_1'),
  networkMode: optional(fc.constantFrom('bridge' as const, 'host' as const, 'awsvpc' as const)),
  cpu: optional(fc.constantFrom('256', '1 vCPU', '.5 vcpu')),
  memory: optional(fc.constantFrom('512', '1GB', '2 gb')),
  volumes: optional(
    fc.constantFrom(
      [],
      [{ name: 'data' }],
      [{ name: 'data', host: { sourcePath: '/srv' } }],
      [{ name: 'data', dockerVolumeConfiguration: { labels: { a: 'b' } } }],
      [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
    ),
  ),
  containerDefinitions: fc
    .record({
      name: fc.constant('app'),
      image: fc.constant('nginx:1'),
      memory: fc.constant(256),
      cpu: optional(fc.constantFrom(0, 128)),
      essential: optional(fc.constant(true)),
      environment: optional(fc.constantFrom([], [{ name: 'A', value: '' }])),
      portMappings: optional(
        fc.constantFrom(
          [],
          [{ containerPort: 80 }],
          [
            { containerPort: 80, hostPort: 80 },
            { containerPort: 53, protocol: 'udp' as const, name: 'dns' },
          ],
        ),
      ),
      healthCheck: optional(fc.constantFrom({ command: ['CMD', 'true'] }, { command: ['CMD', 'true'], retries: 1 })),
      stopTimeout: optional(fc.constant(5)),
    })
    .map((container) => [container]),
});
