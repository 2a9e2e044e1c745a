// What goes wrong on a host, on the real engine: each ends in the state and words that AWS has for it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CreateSecretResponse } from '@aws-sdk/client-secrets-manager';
import { docker, ensureTestImage, testImage } from '../running/engine.ts';
import { Installation } from '../running/installation.ts';
import { createTaskRole, roleArn } from '../running/roles.ts';

/** Members of the container, of other containers beside it, and of the task definition. */
interface Wrong {
  readonly container: object;
  readonly others?: readonly object[];
  readonly task?: object;
}

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
    const [task, unnamed] = await Promise.all(
      ['longshore-test/no-such-image:1', 'https://example.com/image'].map(async (image, index) =>
        installation.reaches(await start(`no-image-${index}`, { image }), 'STOPPED'),
      ),
    );
    assert.ok(task && unnamed);
    assert.equal(
      unnamed.stoppedReason,
      'CannotPullContainerError: Error response from daemon: invalid reference format',
    );
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(task.stoppedReason ?? '', /CannotPullContainerError/);
    assert.match(task.containers?.[0]?.reason ?? '', /^CannotPullContainerError: /);
    assert.equal(task.containers?.[0]?.exitCode, undefined);
    assert.equal(task.startedAt, undefined);
  });

  describe('what a task refers to and is wrong stops it before it runs, and is named', { concurrency: true }, () => {
    let secretArn = '';
    before(async () => {
      await createTaskRole(installation, 'execution', [
        { Effect: 'Allow', Action: ['ssm:*', 'secretsmanager:*'], Resource: '*' },
      ]);
      await createTaskRole(installation, 'powerless');
      ({ ARN: secretArn = '' } = await installation.client.call<CreateSecretResponse>(
        'secretsmanager',
        'CreateSecret',
        {
          Name: 'failures',
          SecretString: '{"user":"someone"}',
        },
      ));
    });

    const withSecret = (valueFrom: string) => ({ secrets: [{ name: 'SECRET', valueFrom }] });
    const noSecret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:none-AbCdEf';
    const wrongs: readonly (readonly [what: string, wrong: () => Wrong, stoppedReason: RegExp])[] = [
      [
        'a parameter that is not there',
        () => ({ container: withSecret('/failures/none') }),
        /^ResourceInitializationError: unable to pull secrets or registry auth: .*ssm: .*Invalid ssm parameters: \/failures\/none$/,
      ],
      [
        'a secret that is not there',
        () => ({ container: withSecret(noSecret) }),
        /^ResourceInitializationError: unable to pull secrets or registry auth: .*secret:none-AbCdEf from secrets manager: ResourceNotFoundException: /,
      ],
      [
        'a member that the secret does not have',
        () => ({ container: withSecret(`${secretArn}:password::`) }),
        /^ResourceInitializationError: .*retrieved secret from Secrets Manager did not contain json key password$/,
      ],
      [
        'an execution role that may not read the secret',
        () => ({ container: withSecret(secretArn), task: { executionRoleArn: roleArn('powerless') } }),
        /^ResourceInitializationError: .*assumed-role\/powerless\/\S+ is not authorized to perform: secretsmanager:GetSecretValue/,
      ],
      [
        'a user that the image does not have',
        () => ({ container: { user: 'not-a-user' } }),
        /^CannotStartContainerError: .*unable to find user not-a-user/,
      ],
      [
        'a device that the host does not have',
        () => ({ container: { linuxParameters: { devices: [{ hostPath: '/dev/not-there' }] } } }),
        /^CannotStartContainerError: .*\/dev\/not-there/,
      ],
      [
        'a dependency that ends before it is healthy',
        () => ({
          container: { dependsOn: [{ containerName: 'base', condition: 'HEALTHY' }] },
          others: [{ name: 'base', essential: false, command: ['true'], healthCheck: { command: ['CMD', 'true'] } }],
        }),
        /^TaskDependencyError: container app cannot start: its dependency base stopped before it was healthy$/,
      ],
      [
        'a volume of the host’s that the engine does not have',
        () => ({
          container: { mountPoints: [{ sourceVolume: 'not-there', containerPath: '/data' }] },
          task: { volumes: [{ name: 'not-there', dockerVolumeConfiguration: { scope: 'shared' } }] },
        }),
        /^CannotInspectVolumeError: get not-there: no such volume$/,
      ],
    ];
    for (const [index, [what, wrong, stoppedReason]] of wrongs.entries()) {
      test(what, async () => {
        const { container, others = [], task: more = {} } = wrong();
        const arn = await installation.run({
          family: `wrong-${index}`,
          networkMode: 'none',
          executionRoleArn: roleArn('execution'),
          containerDefinitions: [
            { name: 'app', image: testImage, memory: 32, command: ['sleep', '1000'], ...container },
            ...others.map((other) => ({ image: testImage, memory: 32, ...other })),
          ],
          ...more,
        });
        const task = await installation.reaches(arn, 'STOPPED');
        assert.equal(task.stopCode, 'TaskFailedToStart');
        assert.match(task.stoppedReason ?? '', stoppedReason);
        assert.equal(task.startedAt, undefined);
      });
    }

    test('a role that tasks may not assume is refused when the task is run', async () => {
      const taskRoleArn = roleArn('nobody');
      await assert.rejects(
        installation.run({
          family: 'no-role',
          taskRoleArn,
          containerDefinitions: [{ name: 'app', image: testImage, memory: 32 }],
        }),
        new RegExp(`ECS was unable to assume the role '${taskRoleArn}' that was provided for this task\\.`),
      );
    });
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
