// Roles, secrets, and the credentials of private registries.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreateSecretResponse } from '@aws-sdk/client-secrets-manager';
import { eventually } from '../../running/eventually.ts';
import { describeTask } from '../../running/cluster.ts';
import { container, facts, row, type Row, type Scene, type Stage } from './table.ts';

/** Made by the test: `table` may read every parameter and secret, `powerless` nothing; tasks may have both. */
const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

const credentials = `perl -MIO::Socket -e '$s = IO::Socket::INET->new("169.254.170.2:80") or die "no"; print $s "GET $ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} HTTP/1.0\\r\\n\\r\\n"; print <$s>'`;

const withRole: Scene = {
  definition: {
    taskRoleArn: role('table'),
    containerDefinitions: [{ name: 'app', command: facts({ credentials }) }],
  },
};

const otherRole: Scene = { ...withRole, run: { overrides: { taskRoleArn: role('powerless') } } };

/** One secret for all rows. */
let secretArn: Promise<string> | undefined;
function secretOf(stage: Stage): Promise<string> {
  secretArn ??= stage.client
    .call<CreateSecretResponse>('secretsmanager', 'CreateSecret', {
      Name: 'table',
      SecretString: JSON.stringify({ username: 'someone', password: 'something', labels: 'team' }),
    })
    .then(({ ARN = '' }) => ARN);
  return secretArn;
}

const secretScene = (secret: string): Scene => ({
  definition: {
    networkMode: 'none',
    executionRoleArn: role('table'),
    containerDefinitions: [
      {
        name: 'app',
        secrets: [{ name: 'PASSWORD', valueFrom: `${secret}:password::` }],
        logConfiguration: {
          logDriver: 'json-file',
          options: { 'max-size': '1m' },
          secretOptions: [{ name: 'labels', valueFrom: `${secret}:labels::` }],
        },
        command: facts({ password: 'echo $PASSWORD' }),
      },
    ],
  },
});
let played: Promise<Scene> | undefined;
const sceneOf = (stage: Stage): Promise<Scene> => (played ??= secretOf(stage).then(secretScene));

export const identityRows: readonly Row[] = [
  row('taskRoleArn', 'is whose credentials the container finds', async ({ play }) => {
    const told = await (await play(withRole)).fact('app', 'credentials');
    assert.match(told, /"RoleArn":"arn:aws:iam::000000000000:role\/table","AccessKeyId":"ASIA/);
  }),
  row('overrides.taskRoleArn', 'takes its place', async ({ play }) => {
    assert.match(await (await play(otherRole)).fact('app', 'credentials'), /"RoleArn":"[^"]*role\/powerless"/);
  }),
  row(container('secrets[].name', 'secrets[].valueFrom'), 'are variables', async (stage) => {
    assert.equal(await (await stage.play(await sceneOf(stage))).fact('app', 'password'), 'something');
  }),
  row('executionRoleArn', 'is by which secrets are read', async (stage) => {
    assert.equal((await stage.play(await sceneOf(stage))).task.containers?.[0]?.exitCode, 0);
  }),
  row('overrides.executionRoleArn', 'takes its place: one without the right stops the task', async (stage) => {
    const scene = await sceneOf(stage);
    const taskArn = await stage.start({ ...scene, run: { overrides: { executionRoleArn: role('powerless') } } });
    const task = await eventually('the task stops', async () => {
      const seen = await describeTask(stage.client, stage.cluster, taskArn);
      return seen.lastStatus === 'STOPPED' ? seen : undefined;
    });
    assert.match(task.stoppedReason ?? '', /^ResourceInitializationError: .*secretsmanager:GetSecretValue/);
  }),
  row(
    container('logConfiguration.secretOptions[].name', 'logConfiguration.secretOptions[].valueFrom'),
    'are options of the log driver',
    async (stage) => {
      const { HostConfig } = await (await stage.play(await sceneOf(stage))).inspect('app');
      assert.deepEqual(HostConfig.LogConfig, { Type: 'json-file', Config: { 'max-size': '1m', labels: 'team' } });
    },
  ),
  row(container('repositoryCredentials.credentialsParameter'), 'are shown to the registry', async (stage) => {
    const shown: string[] = [];
    const registry = createServer((request, response) => {
      const { authorization } = request.headers;
      if (authorization !== undefined) shown.push(authorization);
      const status = authorization === undefined ? 401 : 404;
      response.writeHead(status, { 'www-authenticate': 'Basic realm="table"', 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"NAME_UNKNOWN","message":"not here"}]}');
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    const { port } = registry.address() as AddressInfo; // it listens on a port
    try {
      const taskArn = await stage.start({
        definition: {
          networkMode: 'none',
          executionRoleArn: role('table'),
          containerDefinitions: [
            {
              name: 'app',
              image: `127.0.0.1:${port}/private/app:1`,
              repositoryCredentials: { credentialsParameter: await secretOf(stage) },
            },
          ],
        },
      });
      const task = await eventually('the task stops', async () => {
        const seen = await describeTask(stage.client, stage.cluster, taskArn);
        return seen.lastStatus === 'STOPPED' ? seen : undefined;
      });
      assert.match(task.stoppedReason ?? '', /^CannotPullContainerError: /);
      assert.ok(shown.includes(`Basic ${Buffer.from('someone:something').toString('base64')}`), shown.join());
    } finally {
      registry.close();
    }
  }),
];
