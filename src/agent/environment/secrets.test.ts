import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { NetError } from '../../world/net.ts';
import { newTask } from '../accept.ts';
import type { Backend, PayloadContainer, PayloadSecret, RoleCredentials } from '../contract.ts';
import { secretReference } from './secret-reference.ts';
import { createSecrets } from './secrets.ts';
import type { TaskRecord } from '../state.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf';
const role: RoleCredentials = {
  credentialsId: 'execution',
  roleArn: 'arn:aws:iam::000000000000:role/execution',
  accessKeyId: 'ASIA',
  secretAccessKey: 's',
  sessionToken: 't',
  expiration: '2030-01-01T00:00:00Z',
};

const app: PayloadContainer = {
  name: 'app',
  image: 'app:1',
  containerArn: 'arn:c',
  cpu: 0,
  memory: 0,
  essential: true,
  command: [],
  environment: { PLAIN: 'plain' },
  links: [],
  portMappings: [],
  mountPoints: [],
  volumesFrom: [],
  dockerConfig: { version: '1.18', config: '{}', hostConfig: '{"LogConfig":{"Type":"splunk","Config":{"a":"b"}}}' },
  dependsOn: [],
};

function secret(name: string, valueFrom: string, over: Partial<PayloadSecret> = {}): PayloadSecret {
  const provider = valueFrom.startsWith('arn:aws:secretsmanager') ? 'asm' : 'ssm';
  return {
    name,
    valueFrom,
    region: 'us-east-1',
    provider,
    type: 'ENVIRONMENT_VARIABLE',
    target: 'CONTAINER',
    ...over,
  };
}

function taskOf(secrets: readonly PayloadSecret[]): {
  readonly task: TaskRecord;
  readonly container: PayloadContainer;
} {
  const container = { ...app, secrets };
  const payload = {
    arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/1',
    taskClusterArn: 'arn:cluster',
    family: 'app',
    version: '1',
    desiredStatus: 'RUNNING' as const,
    containers: [container],
    volumes: [],
    executionRoleCredentials: role,
  };
  return { task: newTask(payload, 0, () => 'beef'), container };
}

type Answer = (input: Readonly<Record<string, unknown>>) => object;

function stage(answers: Readonly<Record<string, Answer>>) {
  const clock = new SimClock({ dueRunsByItself: true });
  const calls: { readonly operation: string; readonly input: unknown; readonly as: string | undefined }[] = [];
  const backend: Backend = {
    region: 'us-east-1',
    call: async (_service, operation, input, as) => {
      calls.push({ operation, input, as: as?.credentialsId });
      const answer = answers[operation];
      assert.ok(answer, `${operation} is asked for`);
      return { ...answer({ ...input }) };
    },
    openSocket: () => Promise.reject(new Error('none')),
    signFrame: () => '',
  };
  const secrets = createSecrets({
    backend,
    clock: new SimLife(clock, 'agent'),
    credentials: { whenPresent: async () => role },
  });
  return { secrets, calls, clock };
}

test('secrets and parameters become variables, and options of the log driver, with the execution role', async () => {
  const { secrets, calls } = stage({
    GetSecretValue: ({ VersionStage }) => ({
      SecretString: JSON.stringify({ password: `of ${String(VersionStage)}`, port: 5432 }),
    }),
    GetParameters: ({ Names }) => ({
      Parameters: (Array.isArray(Names) ? Names : []).map((Name) => ({ Name, Value: `value of ${String(Name)}` })),
      InvalidParameters: [],
    }),
  });
  const { task, container } = taskOf([
    secret('WHOLE', '/app/one'),
    secret('PASSWORD', `${arn}:password:AWSPREVIOUS:`),
    secret('PORT', `${arn}:port::`),
    secret('splunk-token', '/app/token', { target: 'LOG_DRIVER', type: 'BOOTSTRAP' }),
  ]);
  await secrets.fetch(task);
  const filled = await secrets.filled(task, container);
  assert.deepEqual(filled.environment, {
    PLAIN: 'plain',
    WHOLE: 'value of /app/one',
    PASSWORD: 'of AWSPREVIOUS',
    PORT: '5432',
  });
  assert.deepEqual(JSON.parse(filled.dockerConfig.hostConfig), {
    LogConfig: { Type: 'splunk', Config: { a: 'b', 'splunk-token': 'value of /app/token' } },
  });
  assert.deepEqual(new Set(calls.map(({ as }) => as)), new Set(['execution']));
  assert.equal(calls.length, 3, 'both parameters at once, nothing twice');
});

test('a secret wins over a log option of its name, unless it is empty', async () => {
  const values: Readonly<Record<string, string>> = { '/logs/group': 'of the secret', '/logs/empty': '' };
  const { secrets } = stage({
    GetParameters: () => ({
      Parameters: Object.entries(values).map(([Name, Value]) => ({ Name, Value })),
      InvalidParameters: [],
    }),
  });
  const option = { target: 'LOG_DRIVER', type: 'BOOTSTRAP' } as const;
  const { task, container } = taskOf([secret('group', '/logs/group', option), secret('a', '/logs/empty', option)]);
  const hostConfig = '{"LogConfig":{"Type":"awslogs","Config":{"group":"of the definition","a":"b"}}}';
  const filled = await secrets.filled(task, { ...container, dockerConfig: { ...app.dockerConfig, hostConfig } });
  assert.deepEqual(JSON.parse(filled.dockerConfig.hostConfig), {
    LogConfig: { Type: 'awslogs', Config: { group: 'of the secret', a: 'b' } },
  });
});

test('what is secret of a routed container’s log options is a variable of its log router and nothing to the engine', async () => {
  const { secrets } = stage({
    GetParameters: () => ({ Parameters: [{ Name: '/app/token', Value: 'hidden' }], InvalidParameters: [] }),
  });
  const hostConfig = '{"LogConfig":{"Type":"awsfirelens","Config":{"Name":"http"}}}';
  const given = taskOf([secret('token', '/app/token', { target: 'LOG_DRIVER', type: 'BOOTSTRAP' })]);
  const routed = { ...given.container, dockerConfig: { ...app.dockerConfig, hostConfig } };
  const router: PayloadContainer = {
    ...app,
    name: 'router',
    firelensConfiguration: { type: 'fluentbit', options: {} },
  };
  const task = { ...given.task, payload: { ...given.task.payload, containers: [routed, router] } };
  assert.equal((await secrets.filled(task, routed)).dockerConfig.hostConfig, hostConfig);
  assert.deepEqual((await secrets.filled(task, router)).environment, { PLAIN: 'plain', token_0: 'hidden' });
});

const failures: readonly (readonly [what: string, valueFrom: string, answers: Record<string, Answer>, RegExp])[] = [
  [
    'an access that is denied',
    arn,
    {
      GetSecretValue: () => {
        throw Object.assign(new Error('User: x is not authorized'), {
          name: 'AwsError',
          code: 'AccessDeniedException',
        });
      },
    },
    /unable to retrieve secret from asm: .*failed to fetch secret .*db-AbCdEf from secrets manager: AccessDeniedException: User: x/,
  ],
  [
    'a parameter that is not there',
    '/none',
    { GetParameters: () => ({ Parameters: [], InvalidParameters: ['/none'] }) },
    /unable to retrieve secrets from ssm: .*Invalid ssm parameters: \/none$/,
  ],
  [
    'a JSON key that is not there',
    `${arn}:none::`,
    { GetSecretValue: () => ({ SecretString: '{}' }) },
    /did not contain json key none$/,
  ],
  [
    'a secret that is no JSON',
    `${arn}:key::`,
    { GetSecretValue: () => ({ SecretString: 'x' }) },
    /is not a JSON object$/,
  ],
];

for (const [what, valueFrom, answers, words] of failures) {
  test(`${what} is said in words that name it`, async () => {
    const { secrets } = stage(answers);
    const { task } = taskOf([secret('S', valueFrom)]);
    await assert.rejects(secrets.fetch(task), (error: Error) => {
      assert.match(error.message, /^ResourceInitializationError: unable to pull secrets or registry auth: /);
      assert.match(error.message, words);
      return true;
    });
  });
}

test('a server that does not answer is asked again', async () => {
  let asked = 0;
  const { secrets, clock } = stage({
    GetParameters: () => {
      asked += 1;
      if (asked < 3) throw new NetError('connect ECONNREFUSED');
      return { Parameters: [{ Name: 'p', Value: 'v' }] };
    },
  });
  const { task, container } = taskOf([secret('P', 'p')]);
  const filled = await clock.runUntilSettled(secrets.filled(task, container), 60_000);
  assert.equal(filled.environment['P'], 'v');
  assert.equal(asked, 3);
});

test('what follows a secret’s ARN says which member and version is meant', () => {
  assert.deepEqual(secretReference(arn), { SecretId: arn });
  assert.deepEqual(secretReference(`${arn}:::`), { SecretId: arn });
  assert.deepEqual(secretReference(`${arn}:key:AWSPREVIOUS:`), {
    SecretId: arn,
    VersionStage: 'AWSPREVIOUS',
    jsonKey: 'key',
  });
  assert.deepEqual(secretReference(`${arn}:::v1`), { SecretId: arn, VersionId: 'v1' });
  assert.deepEqual(secretReference('name'), { SecretId: 'name' });
});
