// The engine goes away and comes back. It is an engine of the test's own, in a network namespace of its own, so that
// the machine's engine and its bridge are left alone.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildShellImage } from '../../src/app/shell-image.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import { type Client, clientOf, connectedInstance, runTask, taskReaches } from '../running/cluster.ts';
import { testImage } from '../running/engine.ts';
import { type PrivateEngine, startPrivateEngine } from '../running/private-engine.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
} from '../running/server.ts';

const cluster = 'restart';

describe('an engine that goes away and comes back', {
  skip: process.getuid?.() === 0 ? false : 'a second engine needs root',
}, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engine: PrivateEngine;
  let server: Server;
  let agent: LongshoreProcess;
  let client: Client;

  before(async () => {
    directory = await temporaryDirectory();
    engine = await startPrivateEngine(directory.path);
    await buildShellImage(realDocker(engine.address), testImage);
    server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
    client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    agent = startLongshore(['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')], {
      ...server.environment,
      DOCKER_HOST: engine.address,
    });
    await connectedInstance(client, cluster);
  });

  after(async () => {
    await agent?.end('SIGTERM');
    await server?.stop();
    await engine?.remove();
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

    await engine.stop();
    const during = await runTask(client, cluster, definition);
    await engine.start();

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
