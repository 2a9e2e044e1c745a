import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunTaskRequest } from '@aws-sdk/client-ecs';
import type { Parsed } from '../../../aws/operation.ts';
import { securityGroups, subnets } from '../../ec2/tables.ts';
import { limits } from '../rules/limits.ts';
import { containerInstances, tasks } from '../tables.ts';
import { openTaskScene } from '../task-scene.test.ts';
import { deregisterTaskDefinition } from './deregister-task-definition.ts';
import { putClusterCapacityProviders } from './put-cluster-capacity-providers.ts';
import { runTask } from './run-task.ts';
import { stopTask } from './stop-task.ts';

const fargate = {
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  requiresCompatibilities: ['FARGATE'],
} as const;

test('a task starts PENDING on an instance, with everything the API shows of it', async () => {
  const ecs = await openTaskScene();
  const host = await ecs.host(1);
  const taskDefinition = await ecs.define({
    tags: [
      { key: 'team', value: 'a' },
      { key: 'env', value: 'x' },
    ],
  });
  const { tasks: run = [], failures } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    startedBy: 'me',
    tags: [{ key: 'env', value: 'test' }],
    propagateTags: 'TASK_DEFINITION',
    enableECSManagedTags: true,
    overrides: { containerOverrides: [{ name: 'app', command: ['true'], memory: 256 }] },
  });
  assert.deepEqual(failures, []);
  const [task] = run;
  assert(task?.taskArn);
  assert.match(task.taskArn, /^arn:aws:ecs:us-east-1:123456789012:task\/default\/[0-9a-f]{32}$/);
  assert.equal(task.taskDefinitionArn, taskDefinition);
  assert.equal(task.containerInstanceArn, host.arn);
  assert.equal(task.availabilityZone, 'us-east-1a');
  assert.deepEqual([task.lastStatus, task.desiredStatus, task.launchType], ['PENDING', 'RUNNING', 'EC2']);
  assert.deepEqual([task.group, task.startedBy, task.version], ['family:web', 'me', 1]);
  assert.deepEqual(task.tags, [
    { key: 'team', value: 'a' },
    { key: 'env', value: 'test' },
    { key: 'aws:ecs:clusterName', value: 'default' },
  ]);
  assert.deepEqual(task.attachments, []);
  assert.deepEqual(task.overrides, {
    containerOverrides: [{ name: 'app', command: ['true'], memory: 256 }],
    inferenceAcceleratorOverrides: [],
  });
  const [container] = task.containers ?? [];
  assert(container?.containerArn);
  assert.match(container.containerArn, /:container\/default\/[0-9a-f]{32}\/[0-9a-f-]{36}$/);
  assert.deepEqual(
    [container.name, container.image, container.lastStatus, container.cpu, container.memory],
    ['app', 'busybox', 'PENDING', '100', '256'],
  );
  assert.equal(ecs.task(task.taskArn).reservation.memoryMiB, 256);
});

test('tasks of one request see what the ones before have taken', async () => {
  const ecs = await openTaskScene();
  const host = await ecs.host(1, { memoryMiB: 300 });
  await ecs.define();
  const { tasks: run, failures } = await ecs.ask(runTask, { taskDefinition: 'web', count: 3 });
  assert.equal(run?.length, 2);
  assert.deepEqual(failures, [{ arn: host.arn, reason: 'RESOURCE:MEMORY' }]);
});

test('a stopped task gives back its room, a task that is stopping does not', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { memoryMiB: 128 });
  await ecs.define();
  const { tasks: run } = await ecs.ask(runTask, { taskDefinition: 'web' });
  const task = run?.[0]?.taskArn ?? '';
  await ecs.ask(stopTask, { task });
  assert.equal((await ecs.ask(runTask, { taskDefinition: 'web' })).failures?.length, 1);
  await ecs.report(task, { status: 'STOPPED' });
  assert.equal((await ecs.ask(runTask, { taskDefinition: 'web' })).tasks?.length, 1);
});

test('each instance tells why it was not taken', async () => {
  const ecs = await openTaskScene();
  const cut = await ecs.host(1, { record: { agentConnected: false } });
  const small = await ecs.host(2, { cpuUnits: 50 });
  const taken = await ecs.host(3);
  const bare = await ecs.host(4, { record: { attributes: [{ name: 'ecs.availability-zone', value: 'us-east-1a' }] } });
  const port = {
    containerDefinitions: [
      { name: 'app', image: 'busybox', cpu: 100, memory: 64, portMappings: [{ containerPort: 80, hostPort: 22 }] },
    ],
  };
  await ecs.define(port);
  const { failures } = await ecs.ask(runTask, { taskDefinition: 'web' });
  assert.deepEqual(failures, [
    { arn: cut.arn, reason: 'AGENT' },
    { arn: small.arn, reason: 'RESOURCE:CPU' },
    { arn: taken.arn, reason: 'RESOURCE:PORTS' },
    { arn: bare.arn, reason: 'RESOURCE:PORTS' },
  ]);
  await ecs.define();
  await ecs.store.update((tx) => {
    for (const host of [cut, small, taken]) tx.put(containerInstances, { ...host, status: 'DRAINING' });
  });
  const second = await ecs.ask(runTask, { taskDefinition: 'web' });
  assert.deepEqual(second.failures, [{ arn: bare.arn, reason: 'ATTRIBUTE' }]);
});

test('a cluster without instances is no place for EC2 tasks', async () => {
  const ecs = await openTaskScene();
  await ecs.pool(9);
  await ecs.define();
  await ecs.refuses(
    runTask,
    { taskDefinition: 'web' },
    'InvalidParameterException',
    'No Container Instances were found in your cluster.',
  );
});

test('distinctInstance puts each task of the group on an instance of its own', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.host(2);
  await ecs.define();
  const input = { taskDefinition: 'web', placementConstraints: [{ type: 'distinctInstance' }] } as const;
  const { tasks: run = [], failures = [] } = await ecs.ask(runTask, { ...input, count: 3 });
  assert.equal(new Set(run.map((task) => task.containerInstanceArn)).size, 2);
  assert.equal(run.length, 2);
  assert.equal(failures.length, 2);
  assert.equal((await ecs.ask(runTask, { ...input, group: 'other' })).tasks?.length, 1);
});

test('memberOf keeps to the instances that the request and the definition ask for', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { attributes: [{ name: 'stack', value: 'a' }] });
  await ecs.host(2, { attributes: [{ name: 'stack', value: 'b' }], zone: 'us-east-1b' });
  const { arn } = await ecs.host(3, { attributes: [{ name: 'stack', value: 'b' }] });
  await ecs.define({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack =~ [bc]' }] });
  const run = async (expression: string) => {
    const { tasks: placed = [], failures = [] } = await ecs.ask(runTask, {
      taskDefinition: 'web',
      placementConstraints: [{ type: 'memberOf', expression }],
    });
    return placed[0]?.containerInstanceArn ?? new Set(failures.map((failure) => failure.reason));
  };
  const unsatisfied = new Set(['MemberOf placement constraint unsatisfied.']);
  assert.equal(await run('attribute:ecs.availability-zone in [us-east-1a, us-east-1c]'), arn);
  assert.equal(await run("task:group == 'family:web' and not attribute:other exists"), arn);
  assert.deepEqual(await run('attribute:stack == a'), unsatisfied);
});

test('binpack fills one instance, spread shares tasks out', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { zone: 'us-east-1a', memoryMiB: 900 });
  await ecs.host(2, { zone: 'us-east-1b', memoryMiB: 1000 });
  await ecs.host(3, { zone: 'us-east-1b', memoryMiB: 1000 });
  await ecs.define();
  const instancesOf = async (placementStrategy: Parsed<RunTaskRequest>['placementStrategy'], group: string) => {
    const { tasks: run = [] } = await ecs.ask(runTask, {
      taskDefinition: 'web',
      count: 4,
      group,
      ...(placementStrategy && { placementStrategy }),
    });
    return run;
  };
  const packed = await instancesOf([{ type: 'binpack', field: 'memory' }], 'a');
  assert.deepEqual(new Set(packed.map((task) => task.availabilityZone)), new Set(['us-east-1a']));
  const spread = await instancesOf(
    [
      { type: 'spread', field: 'attribute:ecs.availability-zone' },
      { type: 'spread', field: 'host' },
    ],
    'b',
  );
  assert.equal(spread.filter((task) => task.availabilityZone === 'us-east-1a').length, 2);
  assert.equal(new Set(spread.map((task) => task.containerInstanceArn)).size, 3);
  assert.equal((await instancesOf([{ type: 'random' }], 'c')).length, 4);
  await ecs.refuses(
    runTask,
    { taskDefinition: 'web', placementStrategy: [{ type: 'binpack', field: 'disk' }] },
    'InvalidParameterException',
  );
});

test('a Fargate task is placed on the pool and shows nothing of it', async () => {
  const ecs = await openTaskScene();
  const host = await ecs.pool(1);
  await ecs.define(fargate);
  const { tasks: run } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [ecs.subnetIds[1]] } },
  });
  const [task] = run ?? [];
  assert(task);
  assert.equal(ecs.task(task.taskArn).containerInstanceArn, host.arn);
  assert.equal(task.containerInstanceArn, undefined);
  assert.deepEqual([task.lastStatus, task.platformVersion, task.platformFamily], ['PROVISIONING', '1.4.0', 'Linux']);
  assert.deepEqual([task.cpu, task.memory, task.availabilityZone], ['256', '512', 'us-east-1b']);
  assert.deepEqual(task.ephemeralStorage, { sizeInGiB: 20 });
  const [attachment] = task.attachments ?? [];
  assert.deepEqual([attachment?.type, attachment?.status], ['ElasticNetworkInterface', 'PRECREATED']);
  assert.deepEqual(attachment?.details, [{ name: 'subnetId', value: ecs.subnetIds[1] }]);
  assert.equal(ecs.task(task.taskArn).networkInterface?.securityGroupIds.length, 1);
});

test('without room in the pool Fargate has no capacity', async () => {
  const ecs = await openTaskScene();
  await ecs.pool(1, { memoryMiB: 1100 });
  await ecs.define(fargate);
  const { tasks: run, failures } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    launchType: 'FARGATE',
    count: 3,
    networkConfiguration: { awsvpcConfiguration: { subnets: [...ecs.subnetIds] } },
  });
  assert.equal(run?.length, 2);
  assert.deepEqual(failures, [
    { reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone' },
  ]);
});

test('a strategy gives the base first and then keeps to the weights', async () => {
  const ecs = await openTaskScene();
  await ecs.pool(1, { cpuUnits: 10_000, memoryMiB: 10_000 });
  await ecs.define(fargate);
  const input = {
    taskDefinition: 'web',
    count: 10,
    networkConfiguration: { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]] } },
  } as const;
  const { tasks: run = [] } = await ecs.ask(runTask, {
    ...input,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', weight: 1, base: 2 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ],
  });
  assert.equal(run.filter((task) => task.capacityProviderName === 'FARGATE').length, 4);
  assert.ok(run.every((task) => task.launchType === 'FARGATE'));
  await ecs.ask(putClusterCapacityProviders, {
    cluster: 'default',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
  });
  const byDefault = await ecs.ask(runTask, { ...input, count: 1 });
  assert.equal(byDefault.tasks?.[0]?.capacityProviderName, 'FARGATE');
});

test('an awsvpc task on an instance needs a subnet in its zone', async () => {
  const ecs = await openTaskScene();
  const host = await ecs.host(1, { zone: 'us-east-1b' });
  await ecs.define({ networkMode: 'awsvpc' });
  const { failures } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    networkConfiguration: { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]] } },
  });
  assert.deepEqual(failures, [{ arn: host.arn, reason: 'LOCATION' }]);
  const { tasks: run } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    networkConfiguration: { awsvpcConfiguration: { subnets: [...ecs.subnetIds] } },
  });
  assert.equal(ecs.task(run?.[0]?.taskArn).networkInterface?.subnetId, ecs.subnetIds[1]);
});

test('the same client token gives the same tasks, and another request with it a conflict', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  const input = { taskDefinition: 'web', clientToken: 'token-1', count: 2 };
  const first = await ecs.ask(runTask, input);
  const again = await ecs.ask(runTask, { count: 2, clientToken: 'token-1', taskDefinition: 'web' });
  assert.deepEqual(
    again.tasks?.map((task) => task.taskArn),
    first.tasks?.map((task) => task.taskArn),
  );
  await assert.rejects(
    ecs.ask(runTask, { ...input, count: 1 }),
    (error: { readonly code?: string; readonly members?: object }) => {
      assert.equal(error.code, 'ConflictException');
      assert.deepEqual(error.members, { resourceIds: first.tasks?.map((task) => task.taskArn) });
      return true;
    },
  );
  await ecs.clock.advance(limits.clientTokenMs);
  const later = await ecs.ask(runTask, input);
  assert.notEqual(later.tasks?.[0]?.taskArn, first.tasks?.[0]?.taskArn);
});

test('a token of a run that placed nothing stays free', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { memoryMiB: 10 });
  await ecs.define();
  const input = { taskDefinition: 'web', clientToken: 'token-1' };
  assert.equal((await ecs.ask(runTask, input)).failures?.length, 1);
  await ecs.host(2);
  assert.equal((await ecs.ask(runTask, input)).tasks?.length, 1);
});

test('what speaks against a request is told in the words of AWS', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  await ecs.define({ ...fargate, family: 'fargate' });
  await ecs.define({ family: 'vpc', networkMode: 'awsvpc' });
  await ecs.define({ family: 'old' });
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'old:1' });
  await ecs.store.update((tx) => {
    const subnet = tx.get(subnets, ecs.subnetIds[0]);
    const [group] = tx.list(securityGroups);
    assert(subnet && group);
    tx.put(subnets, { ...subnet, subnetId: 'subnet-far', vpcId: 'vpc-far' });
    tx.put(securityGroups, { ...group, groupId: 'sg-far', vpcId: 'vpc-far' });
  });
  const network = (subnets: readonly string[], securityGroups: readonly string[] = []) => ({
    networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups } },
  });
  const here = network([ecs.subnetIds[0]]);
  const invalid = 'InvalidParameterException';
  const client = 'ClientException';
  const cases: readonly (readonly [input: Partial<Parsed<RunTaskRequest>>, code: string, message?: string | RegExp])[] =
    [
      [{ cluster: 'none' }, 'ClusterNotFoundException', 'Cluster not found.'],
      [{ taskDefinition: 'none' }, client, 'TaskDefinition not found.'],
      [{ taskDefinition: 'web:7' }, client, 'TaskDefinition not found.'],
      [{ taskDefinition: 'old:1' }, client, 'TaskDefinition is inactive'],
      [{ count: 0 }, invalid],
      [{ count: 11 }, invalid],
      [
        { launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
        invalid,
        'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
      ],
      [
        { capacityProviderStrategy: [{ capacityProvider: 'mine', weight: 1 }] },
        invalid,
        /not associated with the cluster/,
      ],
      [
        { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }, { capacityProvider: 'FARGATE_SPOT' }] },
        invalid,
        /weight greater than 0/,
      ],
      [{ launchType: 'FARGATE', ...here }, invalid, 'Task definition does not support launch_type FARGATE.'],
      [
        { launchType: 'EXTERNAL', taskDefinition: 'vpc', ...here },
        invalid,
        'Task definition does not support launch_type EXTERNAL.',
      ],
      [{ platformVersion: '1.4.0' }, invalid, 'The platform version must be null when specifying an EC2 launch type.'],
      [
        { taskDefinition: 'fargate', launchType: 'FARGATE', platformVersion: '9.9.9', ...here },
        'PlatformUnknownException',
      ],
      [here, invalid, 'Network Configuration is not valid for the given networkMode of this task definition.'],
      [
        { taskDefinition: 'vpc' },
        invalid,
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      ],
      [{ taskDefinition: 'vpc', ...network([]) }, invalid, 'subnets can not be empty.'],
      [{ taskDefinition: 'vpc', ...network(['subnet-0']) }, invalid, /subnet-0.*does not exist/],
      [{ taskDefinition: 'vpc', ...network([ecs.subnetIds[0]], ['sg-0']) }, invalid, /sg-0.*does not exist/],
      [
        { taskDefinition: 'vpc', ...network(Array.from({ length: 17 }, (_, n) => `subnet-${n}`)) },
        invalid,
        /at most 16/,
      ],
      [{ taskDefinition: 'vpc', ...network([ecs.subnetIds[0]], ['1', '2', '3', '4', '5', '6']) }, invalid, /at most 5/],
      [
        {
          taskDefinition: 'vpc',
          networkConfiguration: { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]], assignPublicIp: 'ENABLED' } },
        },
        invalid,
        'Assign public IP is not supported for this launch type.',
      ],
      [
        { overrides: { containerOverrides: [{ name: 'other' }] } },
        invalid,
        'Override for container named other is not a container in the TaskDefinition.',
      ],
      [{ overrides: { containerOverrides: [{ command: ['true'] }] } }, invalid],
      [
        { overrides: { containerOverrides: [{ name: 'app', command: ['x'.repeat(8192)] }] } },
        invalid,
        'Container Overrides length must be at most 8192',
      ],
      [{ overrides: { memory: '64' } }, client, /'memory' must not exceed/],
      [
        { taskDefinition: 'fargate', launchType: 'FARGATE', overrides: { memory: '8 GB' }, ...here },
        client,
        'No Fargate configuration exists for given values.',
      ],
      [
        { overrides: { taskRoleArn: 'arn:aws:iam::123456789012:role/r' } },
        client,
        /unable to assume the role 'arn:aws:iam::123456789012:role\/r'/,
      ],
      [{ propagateTags: 'SERVICE' }, invalid],
      [{ group: 'service:web' }, invalid, 'Invalid namespace for group.'],
      [{ startedBy: 'a b' }, invalid],
      [{ startedBy: 'x'.repeat(129) }, invalid],
      [{ clientToken: 'a b' }, invalid],
      [{ tags: [{ key: 'aws:x', value: '' }] }, invalid],
      [{ enableExecuteCommand: true }, invalid, /does not support enableExecuteCommand/],
      [{ volumeConfigurations: [{ name: 'v' }] }, invalid, /The volume 'v' is not a volume of the task definition/],
      [
        { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a == b and' }] },
        invalid,
        'Invalid placement constraint expression. Expected a subject at position 20.',
      ],
      [
        { placementConstraints: [{ type: 'distinctInstance', expression: '' }] },
        invalid,
        'distinctInstance expression should not be specified.',
      ],
      [
        { placementConstraints: Array.from({ length: 11 }, () => ({ type: 'distinctInstance' as const })) },
        invalid,
        /at most 10/,
      ],
      [{ placementStrategy: Array.from({ length: 6 }, () => ({ type: 'random' as const })) }, invalid, /at most 5/],
    ];
  for (const [input, code, message] of cases) {
    await ecs.refuses(runTask, { taskDefinition: 'web', ...input }, code, message);
  }
  assert.equal(
    ecs.store.view((reader) => [...reader.list(tasks)].length),
    0,
  );
});

test('a definition that asks for what is not built is refused by the name of the member', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  const app = { name: 'app', image: 'busybox', memory: 64 };
  const role = await ecs.role('r');
  const cases: readonly (readonly [Parameters<typeof ecs.define>[0], string])[] = [
    [
      { containerDefinitions: [{ ...app, resourceRequirements: [{ type: 'GPU', value: 'ALL' }] }] },
      'containerDefinitions[app].resourceRequirements',
    ],
  ];
  for (const [definition, member] of cases) {
    await ecs.define(definition);
    await ecs.refuses(
      runTask,
      { taskDefinition: 'web' },
      'ClientException',
      `Longshore does not support running a task with ${member} yet.`,
    );
  }
  await ecs.define({ executionRoleArn: role, containerDefinitions: [app] });
  assert.equal((await ecs.ask(runTask, { taskDefinition: 'web' })).tasks?.length, 1);
});

test('a task has no role that is not there or does not trust the tasks of ECS', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { attributes: [{ name: 'com.amazonaws.ecs.capability.task-iam-role' }] });
  const good = await ecs.role('good');
  const wrong = await ecs.role('wrong', 'ec2.amazonaws.com');
  const none = 'arn:aws:iam::123456789012:role/none';
  const words = (arn: string): string =>
    `ECS was unable to assume the role '${arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
  for (const role of [wrong, none]) {
    await ecs.define({ taskRoleArn: role });
    await ecs.refuses(runTask, { taskDefinition: 'web' }, 'ClientException', words(role));
    await ecs.define({ taskRoleArn: good, executionRoleArn: role });
    await ecs.refuses(runTask, { taskDefinition: 'web' }, 'ClientException', words(role));
    await ecs.define({ taskRoleArn: good });
    const overrides = { executionRoleArn: role };
    await ecs.refuses(runTask, { taskDefinition: 'web', overrides }, 'ClientException', words(role));
  }
  await ecs.define({ taskRoleArn: 'good', executionRoleArn: good });
  assert.equal((await ecs.ask(runTask, { taskDefinition: 'web' })).tasks?.length, 1);
  await ecs.define({ taskRoleArn: wrong });
  const overrides = { taskRoleArn: good };
  assert.equal((await ecs.ask(runTask, { taskDefinition: 'web', overrides })).tasks?.length, 1);
});
