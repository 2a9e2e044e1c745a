// The face that scripts rely on: what the commands print, how they end, what they refuse.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clientOf } from '../running/cluster.ts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';
import { startServer, testKeys } from '../running/server.ts';

const longshore = fileURLToPath(new URL('../../bin/longshore', import.meta.url));

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      longshore,
      args,
      { env: { ...process.env, ...environment }, timeout: 120_000 },
      (error, output, complaint) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, output, complaint });
      },
    );
  });
}

describe('the commands', () => {
  let server: ControlPlane;

  before(async () => {
    server = await startControlPlane();
  });

  after(async () => {
    await server?.end();
  });

  test('env prints export lines and nothing else', async () => {
    const path = await awsOf('2.13.0');
    const { code, output } = await run(['env', '--data-dir', server.dataDirectory], { ...noSession, PATH: path });
    assert.equal(code, 0);
    assert.deepEqual(output.trim().split('\n'), exports());
  });

  test('env gives an AWS CLI that is too old to read the endpoint a function that passes it on', async () => {
    for (const old of ['2.9.19', '1.22.34']) {
      const path = await awsOf(old);
      const { output, complaint } = await run(['env', '--data-dir', server.dataDirectory], {
        ...noSession,
        PATH: path,
      });
      assert.deepEqual(output.trim().split('\n').slice(0, -1), exports());
      assert.match(complaint, /does not read AWS_ENDPOINT_URL/);
      const said = await promisify(execFile)('sh', ['-c', `${output}\naws ecs list-clusters`], { env: { PATH: path } });
      assert.equal(said.stdout, `aws --endpoint-url ${server.endpoint} ecs list-clusters\n`);
    }
  });

  const noSession = { AWS_SESSION_TOKEN: '', AWS_PROFILE: '' };

  const exports = (): readonly string[] => [
    `export AWS_ENDPOINT_URL='${server.endpoint}'`,
    "export AWS_REGION='us-east-1'",
    "export AWS_DEFAULT_REGION='us-east-1'",
    `export AWS_ACCESS_KEY_ID='${testKeys.accessKeyId}'`,
    `export AWS_SECRET_ACCESS_KEY='${testKeys.secretAccessKey}'`,
  ];

  /** A PATH on which the first `aws` says that it is of this version, and says what it is called with. */
  async function awsOf(version: string): Promise<string> {
    const programs = join(server.directory, version);
    await mkdir(programs);
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo aws-cli/${version} Python/3.11.2 || echo aws "$@"\n`;
    await writeFile(join(programs, 'aws'), script, { mode: 0o755 });
    return `${programs}:${process.env['PATH'] ?? ''}`;
  }

  test('root keys are readable by their owner only', async () => {
    const keys = await stat(join(server.dataDirectory, 'root-keys.json'));
    assert.equal(keys.mode & 0o777, 0o600);
  });

  test('status shows the clusters', async () => {
    await clientOf(server).call('ecs', 'CreateCluster', { clusterName: 'shown' });
    const { code, output } = await run(['status', '--data-dir', server.dataDirectory]);
    assert.equal(code, 0);
    assert.match(output, /shown: 0 container instances, 0 running and 0 pending tasks/);
  });

  test('health answers 200 when the server is ready', async () => {
    const answer = await fetch(`${server.endpoint}/_longshore/health`);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { status: 'ready' });
  });

  test('a second server on the same data directory is refused and told who has it', async () => {
    const { code, complaint } = await run(['up', '--port', '0', '--no-agent', '--data-dir', server.dataDirectory]);
    assert.equal(code, 1);
    assert.match(complaint, new RegExp(`is in use by another Longshore server \\(pid ${server.pid}\\)`));
  });

  test('a port that is taken ends the start with a sentence', async () => {
    const { port } = new URL(server.endpoint);
    const { code, complaint } = await run([
      'up',
      '--port',
      port,
      '--no-agent',
      '--data-dir',
      join(server.directory, 'other'),
    ]);
    assert.equal(code, 1);
    assert.match(complaint, /cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  });

  test('an address that is not loopback is refused without an explicit flag', async () => {
    const { code, complaint } = await run(['up', '--host', '0.0.0.0', '--data-dir', join(server.directory, 'open')]);
    assert.equal(code, 2);
    assert.match(complaint, /not a loopback address.*--insecure-listen/);
  });

  test('wrong options end with code 2 and help with code 0', async () => {
    for (const port of ['many', '-1', '65536']) assert.equal((await run(['up', '--port', port])).code, 2);
    assert.equal((await run(['up', '--account', '12', '--data-dir', join(server.directory, 'no')])).code, 2);
    assert.equal((await run(['nonsense'])).code, 2);
    const help = await run(['--help']);
    assert.equal(help.code, 0);
    for (const command of ['up', 'agent', 'env', 'demo', 'status', 'logs'])
      assert.match(help.output, new RegExp(`^  ${command} `, 'm'));
  });

  test('SIGTERM ends the server with code 0', async () => {
    const other = await startServer({ dataDirectory: join(server.directory, 'ended'), agent: false });
    assert.equal(await other.stop(), 0);
  });

  test('the version of the program is that of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.equal((await run(['--version'])).output, `${version}\n`);
  });
});
