// What goes wrong on a host, on the real engine: each ends in the state and words that AWS has for it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Client, clientOf, connectedInstance, runTask, taskReaches } from '../running/cluster.ts';
import { docker, ensureTestImage, removeContainersOf, testImage } from '../running/engine.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
} from '../running/server.ts';

const cluster = 'failures';

describe('what goes wrong on a host', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let agent: LongshoreProcess;
  let client: Client;
  const started: string[] = [];

  before(async () => {
    await ensureTestImage();
    directory = await temporaryDirectory();
    server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
    client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    agent = startLongshore(
      ['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')],
      server.environment,
    );
    await connectedInstance(client, cluster);
  });

  after(async () => {
    await agent?.end('SIGTERM');
    await server?.stop();
    await removeContainersOf(started);
    await directory?.remove();
  });

  const start = async (family: string, container: object): Promise<string> => {
    const arn = await runTask(client, cluster, {
      family,
      networkMode: 'none',
      containerDefinitions: [{ name: 'app', image: testImage, cpu: 10, memory: 32, ...container }],
    });
    started.push(arn);
    return arn;
  };

  test('an image that is nowhere fails the task with CannotPullContainerError', async () => {
    const task = await taskReaches(
      client,
      cluster,
      await start('no-image', { image: 'longshore-test/no-such-image:1' }),
      'STOPPED',
    );
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(task.stoppedReason ?? '', /CannotPullContainerError/);
    assert.match(task.containers?.[0]?.reason ?? '', /^CannotPullContainerError: /);
    assert.equal(task.containers?.[0]?.exitCode, undefined);
    assert.equal(task.startedAt, undefined);
  });

  test('a command that does not exist fails the task with CannotStartContainerError', async () => {
    const task = await taskReaches(
      client,
      cluster,
      await start('no-command', { command: ['/no/such/command'] }),
      'STOPPED',
    );
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(task.containers?.[0]?.reason ?? '', /^CannotStartContainerError: .*\/no\/such\/command/);
  });

  test('a container over its memory limit is killed: OutOfMemoryError and exit code 137', async () => {
    // tail looks for the last lines of an endless one, and holds it.
    const arn = await start('too-large', { command: ['sh', '-c', 'sleep 1; exec tail /dev/zero'] });
    const task = await taskReaches(client, cluster, arn, 'STOPPED');
    assert.equal(task.stopCode, 'EssentialContainerExited');
    assert.equal(task.stoppedReason, 'Essential container in task exited');
    assert.equal(task.containers?.[0]?.exitCode, 137);
    assert.equal(task.containers?.[0]?.reason, 'OutOfMemoryError: Container killed due to memory usage');
  });

  test('an essential container that ends, ends the task with its exit code', async () => {
    const task = await taskReaches(
      client,
      cluster,
      await start('ends', { command: ['sh', '-c', 'sleep 1; exit 42'] }),
      'STOPPED',
    );
    assert.equal(task.stopCode, 'EssentialContainerExited');
    assert.equal(task.stoppedReason, 'Essential container in task exited');
    assert.equal(task.containers?.[0]?.exitCode, 42);
    assert.ok(task.executionStoppedAt);
  });

  test('a container removed behind our back ends its task', async () => {
    const arn = await start('removed', { command: ['sleep', '1000'] });
    const running = await taskReaches(client, cluster, arn, 'RUNNING');
    await docker.removeContainer(running.containers?.[0]?.runtimeId ?? '', { force: true, volumes: true });
    const task = await taskReaches(client, cluster, arn, 'STOPPED');
    assert.equal(task.desiredStatus, 'STOPPED');
    assert.equal(task.stopCode, 'EssentialContainerExited');
  });
});
