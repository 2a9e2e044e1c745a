import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimHost, simWorld } from '../../world/sim/sim-world.ts';
import type { HttpAnswer } from '../../world/net.ts';
import type { World } from '../../world/world.ts';
import { newTask } from '../accept.ts';
import type { Backend, PayloadContainer, PayloadTask, RoleCredentials } from '../contract.ts';
import type { StorageUsage } from '../volumes/task-storage.ts';
import type { TaskRecord } from '../state.ts';
import { endpointIdOf } from './addresses.ts';
import { endpointEnvironment } from './environment.ts';
import { startTaskEndpoint, type TaskEndpoint } from './task-endpoint.ts';

const web: PayloadContainer = {
  name: 'web',
  image: 'nginx:1',
  containerArn: 'arn:aws:ecs:us-east-1:000000000000:container/c1',
  cpu: 128,
  memory: 64,
  essential: true,
  command: [],
  environment: {},
  links: [],
  portMappings: [{ containerPort: 80, protocol: 'tcp' }],
  mountPoints: [],
  volumesFrom: [],
  dockerConfig: { version: '1.18', config: '{}', hostConfig: '{}' },
  dependsOn: [],
};

function credentialsOf(id: string): RoleCredentials {
  return {
    credentialsId: id,
    roleArn: 'arn:aws:iam::000000000000:role/app',
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: '2026-01-01T06:00:00Z',
  };
}

function taskOf(letter: string, over: Partial<PayloadTask> = {}): TaskRecord {
  const payload: PayloadTask = {
    arn: `arn:aws:ecs:us-east-1:000000000000:task/default/${letter.repeat(32)}`,
    taskClusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
    family: 'web',
    version: '3',
    desiredStatus: 'RUNNING',
    containers: [web],
    volumes: [],
    cpu: 0.25,
    memory: 512,
    launchType: 'EC2',
    zone: 'us-east-1a',
    roleCredentials: credentialsOf(`credentials-${letter}`),
    ...over,
  };
  return newTask(payload, 0, () => `${letter}0`.repeat(10));
}

interface Called {
  readonly operation: string;
  readonly input: object;
  readonly as?: string;
}

/** A machine on which one or two agents serve their tasks. */
function scene(storage?: StorageUsage): {
  readonly host: SimHost;
  readonly calls: Called[];
  readonly start: (agentId: string, tasks: readonly TaskRecord[]) => Promise<TaskEndpoint>;
  readonly get: (path: string, method?: string, body?: string) => Promise<HttpAnswer>;
  readonly pass: (ms: number) => Promise<void>;
} {
  const sim = simWorld('task-endpoint');
  const host = sim.addHost('machine', {});
  const calls: Called[] = [];
  const backend: Pick<Backend, 'call'> = {
    call: async (_service, operation, input, as) => {
      calls.push({ operation, input, ...(as && { as: as.credentialsId }) });
      if (operation === 'ListTagsForResource') return { tags: [{ key: 'team', value: 'blue' }] };
      return {
        protectedTasks: [{ taskArn: 'arn', protectionEnabled: true, expirationDate: 1_700_000_000 }],
        failures: [],
      };
    },
  };
  const run = <T>(work: Promise<T>): Promise<T> => sim.clock.runUntilSettled(work, 60_000);
  const container: World = host.boot();
  return {
    host,
    calls,
    start: (agentId, tasks) => {
      const world = host.boot();
      return run(
        startTaskEndpoint({
          ...world,
          backend: {
            ...backend,
            region: 'us-east-1',
            openSocket: () => Promise.reject(new Error('no')),
            signFrame: () => '',
          },
          agentId,
          directory: '/run/longshore/agents',
          endpoint: 'http://127.0.0.1:4566',
          tasks: () => tasks,
          credentials: (id) => (tasks.some((task) => task.credentialsIds?.task === id) ? credentialsOf(id) : undefined),
          containerInstanceArn: () => undefined,
          storageUsage: async () => storage,
        }),
      );
    },
    get: (path, method = 'GET', body) =>
      run(container.net.request({ method, url: `http://169.254.170.2${path}`, headers: {}, ...(body && { body }) })),
    pass: (ms) => sim.clock.advance(ms),
  };
}

function jsonOf(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  return JSON.parse(new TextDecoder().decode(answer.body));
}

test('a container finds its credentials, and a wrong or missing id is refused as the stock agent refuses it', async () => {
  const { start, get, pass } = scene();
  await start('one', [taskOf('a')]);
  await pass(1000);
  const found = await get('/v2/credentials/credentials-a');
  assert.equal(found.status, 200);
  assert.deepEqual(jsonOf(found), {
    RoleArn: 'arn:aws:iam::000000000000:role/app',
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: 'secret',
    Token: 'token',
    Expiration: '2026-01-01T06:00:00Z',
  });
  assert.equal((await get('/v1/credentials?id=credentials-a')).status, 200);
  const wrong = await get('/v2/credentials/credentials-b');
  assert.equal(wrong.status, 400);
  assert.deepEqual(jsonOf(wrong), {
    code: 'InvalidIdInRequest',
    message: 'CredentialsV2Request: ID not found',
    HTTPErrorCode: 400,
  });
  assert.deepEqual(jsonOf(await get('/v2/credentials/'))['code'], 'NoIdInRequest');
});

test('agents of one machine share the address; when its holder stops, another has it within a second', async () => {
  const { start, get, pass } = scene();
  const first = await start('one', [taskOf('a')]);
  await pass(1000);
  await start('two', [taskOf('b')]);
  await pass(1000);
  assert.equal((await get('/v2/credentials/credentials-a')).status, 200);
  assert.equal((await get('/v2/credentials/credentials-b')).status, 200, 'the holder asks its fellow');
  const other = taskOf('b');
  const id = endpointIdOf(other, 'web');
  assert.equal(jsonOf(await get(`/v4/${id}/task`))['TaskARN'], other.arn);
  const stopping = first.stop();
  await pass(1000);
  await stopping;
  assert.equal((await get('/v2/credentials/credentials-b')).status, 200);
  assert.equal((await get('/v2/credentials/credentials-a')).status, 400, 'its tasks are nobody’s now');
});

test('metadata of versions 3 and 4 tell of the container and its task', async () => {
  const { start, get, pass, calls } = scene();
  const task = taskOf('a', { serviceName: 'shop', group: 'service:shop' });
  await start('one', [task]);
  await pass(1000);
  const id = endpointIdOf(task, 'web');
  const container = jsonOf(await get(`/v4/${id}`));
  assert.equal(container['Name'], 'web');
  assert.equal(container['ContainerARN'], web.containerArn);
  assert.deepEqual(container['Limits'], { CPU: 128, Memory: 64 });
  assert.deepEqual(container['Networks'], [{ NetworkMode: 'bridge', IPv4Addresses: [] }]);
  const whole = jsonOf(await get(`/v4/${id}/taskWithTags`));
  assert.equal(whole['Family'], 'web');
  assert.equal(whole['Revision'], '3');
  assert.equal(whole['ServiceName'], 'shop');
  assert.equal(whole['AvailabilityZone'], 'us-east-1a');
  assert.deepEqual(whole['Limits'], { CPU: 0.25, Memory: 512 });
  assert.deepEqual(whole['TaskTags'], { team: 'blue' });
  assert.deepEqual(
    calls.map(({ operation }) => operation),
    ['ListTagsForResource'],
  );
  assert.equal(whole['LaunchType'], 'EC2');
  assert.equal(whole['ClockDrift'], undefined, 'which Fargate tells of');
  const third = jsonOf(await get(`/v3/${id}/task`));
  const more = ['LaunchType', 'ServiceName', 'Group', 'VPCID', 'FaultInjectionEnabled'];
  assert.deepEqual(
    more.filter((member) => member in third),
    [],
    'version 3 does not tell',
  );
  const thirdContainer = jsonOf(await get(`/v3/${id}`));
  assert.deepEqual(
    ['ContainerARN', 'LogDriver', 'LogOptions'].filter((member) => member in thirdContainer),
    [],
  );
  assert.equal((await get(`/v4/${id}/nothing`)).status, 404);
});

test('a container is told the log options of its definition and its stream, and no option that is a secret', async () => {
  const { start, get, pass } = scene();
  const Config = { 'awslogs-region': 'us-east-1', 'awslogs-create-group': 'true', 'awslogs-stream-prefix': 'p' };
  const hostConfig = JSON.stringify({ LogConfig: { Type: 'awslogs', Config } });
  const logging = { ...web, dockerConfig: { ...web.dockerConfig, hostConfig } };
  const destination = { group: 'secret', stream: 'p/web/a', region: 'us-east-1', createGroup: true };
  const task = { ...taskOf('a', { containers: [logging] }), outputs: { web: { destination } } };
  await start('one', [task]);
  await pass(1000);
  const { LogDriver, LogOptions } = jsonOf(await get(`/v4/${endpointIdOf(task, 'web')}`));
  assert.equal(LogDriver, 'awslogs');
  assert.deepEqual(LogOptions, {
    'awslogs-region': 'us-east-1',
    'awslogs-create-group': 'true',
    'awslogs-stream': 'p/web/a',
  });
});

test('a Fargate task is told of its clock and storage, and no limit where it has none', async () => {
  const { start, get, pass } = scene({ usedBytes: 300 * 2 ** 20, sizeBytes: 20 * 2 ** 30 });
  const task = taskOf('a', { launchType: 'FARGATE', containers: [{ ...web, cpu: 0, memory: 0 }] });
  await start('one', [task]);
  await pass(1000);
  const id = endpointIdOf(task, 'web');
  const whole = jsonOf(await get(`/v4/${id}/task`));
  assert.deepEqual(whole['EphemeralStorageMetrics'], { Utilized: 300, Reserved: 20_480 });
  assert.deepEqual(Object.keys(whole['ClockDrift'] ?? {}), ['ReferenceTimestamp', 'ClockSynchronizationStatus']);
  assert.deepEqual(jsonOf(await get(`/v4/${id}`))['Limits'], { CPU: 2 });
});

for (const [path, status, said] of [
  ['/v4/ID', 404, 'V4 container metadata handler: unable to get container ID from request: unable to get docker ID'],
  ['/v4/ID/task', 404, 'V4 task metadata handler: unable to get task arn from request: unable to get task Arn'],
  ['/v4/ID/taskWithTags', 404, 'V4 task metadata handler: unable to get task arn from request: unable to get task Arn'],
  ['/v4/ID/stats', 404, 'V4 container stats handler: unable to get task arn from request: unable to get task Arn'],
  ['/v4/ID/task/stats', 404, 'V4 task stats handler: unable to get task arn from request: unable to get task Arn'],
  ['/v3/ID', 500, 'V3 container metadata handler: unable to get container ID from request: unable to get docker ID'],
  ['/v3/ID/task', 500, 'V3 task metadata handler: unable to get task arn from request: unable to get task Arn'],
] as const) {
  test(`${path} of nobody is answered as the stock agent does`, async () => {
    const { start, get, pass } = scene();
    await start('one', [taskOf('a')]);
    await pass(1000);
    const answer = await get(path.replace('ID', '0123'));
    assert.equal(answer.status, status);
    assert.equal(JSON.parse(new TextDecoder().decode(answer.body)), `${said} from v3 endpoint ID: 0123`);
  });
}

test('version 2 knows its callers by their addresses, and tells others so', async () => {
  const { start, get, pass } = scene();
  await start('one', [taskOf('a')]);
  await pass(1000);
  for (const path of ['/v2/metadata', '/v2/metadata/', '/v2/metadataWithTags', '/v2/stats', '/v2/metadata/0123']) {
    assert.equal((await get(path)).status, 400, path);
  }
});

test('a container is told what it is given, in its own words, and of others nothing', async () => {
  const { start, get, pass } = scene();
  const gpu = { name: 'GPU-aaaa', type: 'gpu', containers: ['web'], content: { encoding: 'identity', value: '' } };
  const device = {
    ...gpu,
    name: 'dev/1',
    type: 'elastic-inference',
    content: { encoding: 'identity', value: '{"a":1}' },
  };
  const associations = [gpu, { ...gpu, name: 'GPU-bbbb', containers: ['other'] }, device];
  const task = taskOf('a', { associations });
  await start('one', [task]);
  await pass(1000);
  for (const version of ['v3', 'v4']) {
    const at = `/${version}/${endpointIdOf(task, 'web')}/associations`;
    assert.deepEqual(jsonOf(await get(`${at}/gpu`)), { Associations: ['GPU-aaaa'] });
    assert.deepEqual(jsonOf(await get(`${at}/none`)), { Associations: null });
    assert.equal((await get(`${at}/gpu/GPU-aaaa`)).body.length, 0);
    assert.deepEqual(jsonOf(await get(`${at}/elastic-inference/dev/1`)), { a: 1 });
    const missing = await get(`${at}/gpu/GPU-cccc`);
    assert.equal(missing.status, 400);
    assert.match(
      new TextDecoder().decode(missing.body),
      /unable to get association from association type gpu and association name GPU-cccc/,
    );
    assert.equal((await get(`${at}/gpu/`)).status, 400);
    assert.equal((await get(at)).status, 404);
  }
});

test('no fault is injected into a task that has not enabled it', async () => {
  const { start, get, pass } = scene();
  const task = taskOf('a');
  await start('one', [task]);
  await pass(1000);
  const at = `/api/${endpointIdOf(task, 'web')}/fault/v1`;
  for (const path of ['network-latency/start', 'network-packet-loss/stop', 'network-blackhole-port/status']) {
    const answer = await get(`${at}/${path}`, 'POST', '{}');
    assert.equal(answer.status, 400);
    assert.deepEqual(jsonOf(answer), { Error: `enableFaultInjection is not enabled for task: ${task.arn}` });
  }
  assert.equal((await get(`${at}/disk-full/start`, 'POST', '{}')).status, 404);
});

test('a task protects itself with its own role', async () => {
  const { start, get, pass, calls } = scene();
  const task = taskOf('a');
  await start('one', [task]);
  await pass(1000);
  const path = `/api/${endpointIdOf(task, 'web')}/task-protection/v1/state`;
  const put = await get(path, 'PUT', '{"ProtectionEnabled":true,"ExpiresInMinutes":5}');
  assert.deepEqual(jsonOf(put), {
    protection: { ProtectionEnabled: true, ExpirationDate: '2023-11-14T22:13:20.000Z', TaskArn: 'arn' },
  });
  assert.deepEqual(calls.at(-1), {
    operation: 'UpdateTaskProtection',
    input: { cluster: task.payload.taskClusterArn, tasks: [task.arn], protectionEnabled: true, expiresInMinutes: 5 },
    as: 'credentials-a',
  });
  assert.equal((await get(path)).status, 200);
  assert.equal(calls.at(-1)?.operation, 'GetTaskProtection');
  for (const body of ['{"Protection":true}', '{"ProtectionEnabled":1}', '{"ExpiresInMinutes":"5"}', '[', '']) {
    const refused = await get(path, 'PUT', body);
    assert.equal(refused.status, 400, body);
    assert.deepEqual(jsonOf(refused), {
      error: { Code: 'InvalidParameterException', Message: 'UpdateTaskProtection: failed to decode request' },
    });
  }
  assert.deepEqual(jsonOf(await get(path, 'PUT', '{}')), {
    error: {
      Arn: task.arn,
      Code: 'InvalidParameterException',
      Message: "Invalid request: does not contain 'ProtectionEnabled' field",
    },
  });
  const unknown = await get('/api/0123/task-protection/v1/state');
  assert.equal(unknown.status, 404);
  assert.deepEqual(jsonOf(unknown), {
    error: { Code: 'ResourceNotFoundException', Message: 'Failed to find a task for the request' },
  });
  assert.equal((await get(path, 'POST', '{}')).status, 405);
});

test('who asks too often is told so, and may ask again a second later', async () => {
  const { start, get, pass } = scene();
  await start('one', [taskOf('a')]);
  await pass(1000);
  const statuses: number[] = [];
  for (let count = 0; count < 70; count += 1) statuses.push((await get('/v2/credentials/guess')).status);
  assert.deepEqual(new Set(statuses.slice(0, 60)), new Set([400]));
  assert.ok(statuses.includes(429));
  await pass(1000);
  assert.equal((await get('/v2/credentials/credentials-a')).status, 200);
});

test('containers are told where everything is, and of no endpoint where the task wants none', () => {
  const task = taskOf('a');
  const id = endpointIdOf(task, 'web');
  assert.deepEqual(endpointEnvironment(task, web, 'http://169.254.170.2:4566'), {
    ECS_CONTAINER_METADATA_URI: `http://169.254.170.2/v3/${id}`,
    ECS_CONTAINER_METADATA_URI_V4: `http://169.254.170.2/v4/${id}`,
    ECS_AGENT_URI: `http://169.254.170.2/api/${id}`,
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/credentials-a',
    AWS_ENDPOINT_URL: 'http://169.254.170.2:4566',
  });
  const without = taskOf('b', { longshore: { logs: [], endpoint: 'none' } });
  assert.ok(!('AWS_ENDPOINT_URL' in endpointEnvironment(without, web, 'http://169.254.170.2:4566')));
});
