// What goes wrong on a host, on the real engine: each ends in the state and words that AWS has for it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { docker, ensureTestImage, testImage } from '../running/engine.ts';
import { Installation } from '../running/installation.ts';

describe('what goes wrong on a host', () => {
  let installation: Installation;

  before(async () => {
    await ensureTestImage();
    installation = await Installation.start('failures');
  });

  after(async () => {
    await installation?.end();
  });

  const start = async (family: string, container: object): Promise<string> => {
    return await installation.run({
      family,
      networkMode: 'none',
      containerDefinitions: [{ name: 'app', image: testImage, cpu: 10, memory: 32, ...container }],
    });
  };

  test('an image that is nowhere fails the task with CannotPullContainerError', async () => {
    const task = await installation.reaches(
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
    const task = await installation.reaches(await start('no-command', { command: ['/no/such/command'] }), 'STOPPED');
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(task.containers?.[0]?.reason ?? '', /^CannotStartContainerError: .*\/no\/such\/command/);
  });

  test('a container over its memory limit is killed: OutOfMemoryError and exit code 137', async () => {
    // tail looks for the last lines of an endless one, and holds it.
    const arn = await start('too-large', { command: ['sh', '-c', 'sleep 1; exec tail /dev/zero'] });
    const task = await installation.reaches(arn, 'STOPPED');
    assert.equal(task.stopCode, 'EssentialContainerExited');
    assert.equal(task.stoppedReason, 'Essential container in task exited');
    assert.equal(task.containers?.[0]?.exitCode, 137);
    assert.equal(task.containers?.[0]?.reason, 'OutOfMemoryError: Container killed due to memory usage');
  });

  test('an essential container that ends, ends the task with its exit code', async () => {
    const task = await installation.reaches(
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
    const running = await installation.reaches(arn, 'RUNNING');
    await docker.removeContainer(running.containers?.[0]?.runtimeId ?? '', { force: true, volumes: true });
    const task = await installation.reaches(arn, 'STOPPED');
    assert.equal(task.desiredStatus, 'STOPPED');
    assert.equal(task.stopCode, 'EssentialContainerExited');
  });
});
