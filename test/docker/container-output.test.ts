// What containers write reaches CloudWatch Logs though agents are killed.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import type { GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { awslogs, logStreamOf } from '../running/awslogs.ts';
import { ensureTestImage, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';
import { createTaskRole, roleArn } from '../running/roles.ts';

const longshore = fileURLToPath(new URL('../../bin/longshore', import.meta.url));

describe('the output of containers', () => {
  let installation: Installation;

  before(async () => {
    await ensureTestImage();
    installation = await Installation.start('output');
  });

  after(async () => {
    await installation?.end();
  });

  async function run(name: string, script: string): Promise<string> {
    return await installation.run({
      family: name,
      networkMode: 'none',
      containerDefinitions: [
        {
          name: 'app',
          image: testImage,
          cpu: 10,
          memory: 32,
          stopTimeout: 2,
          command: ['sh', '-c', script],
          logConfiguration: awslogs('/output', name),
        },
      ],
    });
  }

  async function messages(name: string, arn: string): Promise<readonly string[]> {
    const all: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page: GetLogEventsResponse = await installation.client.call('logs', 'GetLogEvents', {
        logGroupName: '/output',
        logStreamName: logStreamOf(name, arn),
        startFromHead: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      all.push(...(page.events ?? []).map(({ message = '' }) => message));
      if (page.nextForwardToken === nextToken) return all;
      nextToken = page.nextForwardToken;
    }
  }

  const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `line ${index}`);
  const counting = (count: number): string =>
    `n=0; while [ $n -lt ${count} ]; do echo line $n; n=$((n+1)); [ $((n % 50)) = 0 ] && sleep 0.1; done`;

  test('is there once and in order when agents are killed meanwhile', async () => {
    const count = 2000;
    const arn = await run('killed', counting(count));
    await installation.reaches(arn, 'RUNNING');
    for (let kill = 0; kill < 2; kill += 1) {
      const seen = (await messages('killed', arn)).length;
      await eventually('more lines', async () => (await messages('killed', arn)).length > seen);
      await installation.agent.end('SIGKILL');
      installation.startAgent();
    }
    await installation.reaches(arn, 'STOPPED');
    await eventually('all lines', async () => (await messages('killed', arn)).length >= count);
    assert.deepEqual(await messages('killed', arn), numbers(count));
  });

  test('goes on when what keeps it is killed', async () => {
    const arn = await run(
      'kept',
      `echo before; ${counting(400).replaceAll('echo line', 'echo later')}; sleep 3; echo after`,
    );
    await eventually('a line', async () => (await messages('kept', arn).catch(() => [])).length > 0);
    process.kill(await keeperOf(installation.agentDirectory), 'SIGKILL');
    await installation.reaches(arn, 'STOPPED');
    await eventually('the last line', async () => (await messages('kept', arn)).at(-1) === 'after');
    const found = await messages('kept', arn);
    assert.equal(found[0], 'before');
    assert.equal(new Set(found).size, found.length, 'nothing comes twice');
  });

  test('is printed by longshore logs, without a prefix and where a secret says what it is', async () => {
    const { client, cluster, server } = installation;
    await client.call('ssm', 'PutParameter', { Name: '/output/prefix', Value: 'hidden', Type: 'SecureString' });
    await createTaskRole(installation, 'output', [
      { Effect: 'Allow', Action: ['ssm:GetParameters', 'logs:Create*'], Resource: '*' },
    ]);
    const options = { 'awslogs-group': '/printed', 'awslogs-region': 'eu-west-1', 'awslogs-create-group': 'true' };
    const prefix = { name: 'awslogs-stream-prefix', valueFrom: '/output/prefix' };
    const app = { image: testImage, cpu: 10, memory: 32, essential: false };
    const dependsOn = ['secret', 'plain'].map((containerName) => ({ containerName, condition: 'COMPLETE' }));
    const arn = await installation.run({
      family: 'printed',
      networkMode: 'none',
      executionRoleArn: roleArn('output'),
      containerDefinitions: [
        {
          ...app,
          name: 'secret',
          command: ['echo', 'by a secret'],
          logConfiguration: { logDriver: 'awslogs', options, secretOptions: [prefix] },
        },
        { ...app, name: 'plain', command: ['echo', 'without'], logConfiguration: { logDriver: 'awslogs', options } },
        { ...app, name: 'main', essential: true, command: ['true'], dependsOn },
      ],
    });
    const args = ['logs', '--follow', '--cluster', cluster, arn.slice(arn.lastIndexOf('/') + 1)];
    const { stdout } = await promisify(execFile)(longshore, args, { env: server.environment });
    const lines = stdout.split('\n').map((line) => line.replace(/^\S+ /, ''));
    assert.deepEqual(lines.sort(), ['', 'plain without', 'secret by a secret']);
  });
});

/** The process that keeps the output of this agent's containers. */
async function keeperOf(directory: string): Promise<number> {
  for (const pid of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended meanwhile
    if (line.includes('\0keep-output\0') && line.includes(directory)) return Number(pid);
  }
  throw new Error(`nothing keeps output in ${directory}`);
}
