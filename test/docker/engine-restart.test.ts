// The engine goes away and comes back. It is an engine of the test's own, in a network namespace of its own, so that
// the machine's engine and its bridge are left alone.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildShellImage } from '../../src/app/shell-image.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import { type Client, clientOf, connectedInstance, runTask, taskReaches } from '../running/cluster.ts';
import { host, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
} from '../running/server.ts';

const cluster = 'restart';
const namespace = `longshore-test-${process.pid}`;

describe('an engine that goes away and comes back', {
  skip: process.getuid?.() === 0 ? false : 'a second engine needs root',
}, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engine: ChildProcess | undefined;
  let server: Server;
  let agent: LongshoreProcess;
  let client: Client;

  before(async () => {
    directory = await temporaryDirectory();
    await host('ip', 'netns', 'add', namespace);
    engine = await startEngine(directory.path);
    await buildShellImage(realDocker(`unix://${join(directory.path, 'docker.sock')}`), testImage);
    server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
    client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    agent = startLongshore(['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')], {
      ...server.environment,
      DOCKER_HOST: `unix://${join(directory.path, 'docker.sock')}`,
    });
    await connectedInstance(client, cluster);
  });

  after(async () => {
    await agent?.end('SIGTERM');
    await server?.stop();
    await stopEngine(engine);
    await host('ip', 'netns', 'delete', namespace);
    await directory?.remove();
  });

  test('tasks that ended with it are seen as ended, and new ones run', async () => {
    const definition = {
      family: 'sleeper',
      networkMode: 'none',
      containerDefinitions: [
        { name: 'app', image: testImage, cpu: 10, memory: 32, command: ['sleep', '1000'], stopTimeout: 2 },
      ],
    };
    const before = await runTask(client, cluster, definition);
    await taskReaches(client, cluster, before, 'RUNNING');

    await stopEngine(engine);
    const during = await runTask(client, cluster, definition);
    engine = await startEngine(directory.path);

    const ended = await taskReaches(client, cluster, before, 'STOPPED');
    assert.equal(ended.stopCode, 'EssentialContainerExited');
    assert.equal(
      ended.containers?.[0]?.exitCode,
      137,
      'sleep does not end on SIGTERM as process 1, so the engine killed it',
    );
    await taskReaches(client, cluster, during, 'RUNNING');
    await client.call('ecs', 'StopTask', { cluster, task: during });
    await taskReaches(client, cluster, during, 'STOPPED');
  });
});

async function startEngine(directory: string): Promise<ChildProcess> {
  const log = openSync(join(directory, 'dockerd.log'), 'a');
  const socket = join(directory, 'docker.sock');
  const paths = [
    '--data-root',
    join(directory, 'data'),
    '--exec-root',
    join(directory, 'exec'),
    '--pidfile',
    join(directory, 'docker.pid'),
  ];
  // nsenter and not `ip netns exec`, which hides the cgroups under a fresh /sys.
  const args = [
    `--net=/var/run/netns/${namespace}`,
    'dockerd',
    '-H',
    `unix://${socket}`,
    '--bridge=none',
    '--iptables=false',
    ...paths,
  ];
  const child = spawn('nsenter', args, { stdio: ['ignore', log, log] });
  const docker = realDocker(`unix://${socket}`);
  await eventually('the answer of the engine', async () => {
    if (child.exitCode !== null) throw new Error(`dockerd ended with code ${child.exitCode}`);
    return await docker.version().catch(() => undefined); // not up yet: asked again
  });
  return child;
}

async function stopEngine(engine: ChildProcess | undefined): Promise<void> {
  if (!engine || engine.exitCode !== null) return;
  const ended = once(engine, 'exit');
  engine.kill('SIGTERM');
  await ended;
}
