// The engine goes away and comes back. It is an engine of the test's own, in a network namespace of its own, so that
// the machine's engine and its bridge are left alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildShellImage } from '../../src/app/shell-image.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import { testImage } from '../running/engine.ts';
import { type PrivateEngine, startPrivateEngine } from '../running/private-engine.ts';
import { Installation } from '../running/installation.ts';
import { temporaryDirectory } from '../running/server.ts';

describe('an engine that goes away and comes back', {
  skip: process.getuid?.() === 0 ? false : 'a second engine needs root',
}, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engine: PrivateEngine;
  let installation: Installation;

  before(async () => {
    directory = await temporaryDirectory();
    engine = await startPrivateEngine(directory.path);
    await buildShellImage(realDocker(engine.address), testImage);
    installation = await Installation.start('restart', { agentEnvironment: { DOCKER_HOST: engine.address } });
  });

  after(async () => {
    await installation?.end();
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
    const before = await installation.run(definition);
    await installation.reaches(before, 'RUNNING');

    await engine.stop();
    const during = await installation.run(definition);
    await engine.start();

    const ended = await installation.reaches(before, 'STOPPED');
    assert.equal(ended.stopCode, 'EssentialContainerExited');
    assert.equal(
      ended.containers?.[0]?.exitCode,
      137,
      'sleep does not end on SIGTERM as process 1, so the engine killed it',
    );
    await installation.reaches(during, 'RUNNING');
    await installation.stop(during);
  });
});
