// Amazon EFS end to end: file systems by the AWS CLI, and tasks that mount them.
import assert from 'node:assert/strict';
import { chmod, chown, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AccessPointDescription, DescribeFileSystemsResponse, FileSystemDescription } from '@aws-sdk/client-efs';
import type { DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import type { Task } from '@aws-sdk/client-ecs';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { host } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

describe('file systems', () => {
  let installation: Installation;
  let aws: AwsCli;
  let fileSystemId = '';

  before(async () => {
    await ensureFactsImage();
    installation = await Installation.start('efs');
    aws = awsCli(installation.server);
    const made = await aws<FileSystemDescription>(
      'efs',
      'create-file-system',
      '--creation-token',
      'one',
      '--tags',
      'Key=Name,Value=shared',
    );
    fileSystemId = made.FileSystemId ?? '';
    assert.equal(made.LifeCycleState, 'creating');
    await available();
  });

  after(async () => {
    await installation?.end();
  });

  /** Where the bytes of the file system are on this machine. */
  const bytes = (...path: readonly string[]): string =>
    join(installation.server.dataDirectory, 'file-systems', fileSystemId, 'data', ...path);

  async function available(): Promise<FileSystemDescription> {
    return await eventually('an available file system', async () => {
      const { FileSystems = [] } = await aws<DescribeFileSystemsResponse>(
        'efs',
        'describe-file-systems',
        '--file-system-id',
        fileSystemId,
      );
      return FileSystems[0]?.LifeCycleState === 'available' ? FileSystems[0] : undefined;
    });
  }

  /** Runs one task with the file system at /shared. */
  async function start(family: string, efs: object, script: string): Promise<string> {
    return await installation.run({
      family,
      networkMode: 'none',
      volumes: [{ name: 'shared', efsVolumeConfiguration: { fileSystemId, ...efs } }],
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          memory: 32,
          command: ['sh', '-c', script],
          mountPoints: [{ sourceVolume: 'shared', containerPath: '/shared' }],
        },
      ],
    });
  }

  async function endOf(arn: string): Promise<{ readonly task: Task; readonly output: string }> {
    const task = await installation.reaches(arn, 'STOPPED');
    const id = task.containers?.[0]?.runtimeId;
    return { task, output: id === undefined ? '' : (await outputOf(id)).trim() };
  }

  const run = async (family: string, efs: object, script: string): ReturnType<typeof endOf> =>
    await endOf(await start(family, efs, script));

  /** Makes an access point and gives what a volume says to use it. */
  async function accessPoint(...args: readonly string[]) {
    const of = ['--file-system-id', fileSystemId, ...args];
    const { AccessPointId: accessPointId } = await aws<AccessPointDescription>('efs', 'create-access-point', ...of);
    assert.ok(accessPointId);
    return { transitEncryption: 'ENABLED', authorizationConfig: { accessPointId } };
  }

  test('outlive the tasks that write to them, and are seen by the next', async () => {
    await run('writer', {}, 'mkdir /shared/made && echo kept > /shared/made/note');
    assert.equal((await run('reader', {}, 'cat /shared/made/note')).output, 'kept');
    assert.equal((await run('deeper', { rootDirectory: '/made' }, 'cat /shared/note')).output, 'kept');
  });

  test('have access points, whose directory is made as they say', async () => {
    const root = 'Path=/apps/one,CreationInfo={OwnerUid=1234,OwnerGid=2345,Permissions=0750}';
    const efs = await accessPoint('--root-directory', root);
    const { output } = await run('by-access-point', efs, 'stat -c "%u %g %a" /shared; echo x > /shared/own');
    assert.equal(output, '1234 2345 750');
    assert.equal((await run('whole', {}, 'cat /shared/apps/one/own')).output, 'x');
  });

  test('have access points with a user, in whose name all is done whoever the container runs as', async () => {
    const user = JSON.stringify({ Uid: 1234, Gid: 2345, SecondaryGids: [3456] });
    const root = 'Path=/users/one,CreationInfo={OwnerUid=1234,OwnerGid=2345,Permissions=0700}';
    const efs = await accessPoint('--posix-user', user, '--root-directory', root);
    const data = bytes('users');
    // What is not this user's: a file of root's, one of a group it is in, and a way out.
    await run('beside', {}, 'echo outside > /shared/outside');
    const rootsFile = async (name: string, mode: number, groupId: number): Promise<void> => {
      await writeFile(join(data, 'one', name), `${name}\n`, { mode });
      await chmod(join(data, 'one', name), mode);
      await chown(join(data, 'one', name), 0, groupId);
    };
    const script = [
      'id -u; cd /shared; echo by root > made; mkdir sub; stat -c "%n %u %g" made sub',
      'perl -e \'$) = $( = 33; $> = $< = 33; open F, ">", "by-another" or die "refused $!"; print "opened\\n"\'',
      'stat -c "%u %g" by-another; perl -e \'chown(0, 0, "made") or print "$!\\n"; chmod 0640, "made" or die\'; stat -c "%a" made',
      'while [ ! -e go ]; do sleep 0.1; done; cat private 2>&1; cat of-group; cat ../outside 2>&1; ls',
    ].join('\n');
    const arn = await start('posix-user', efs, script);
    await eventually('what the task makes', () => stat(join(data, 'one', 'by-another')).catch(() => undefined));
    await rootsFile('private', 0o600, 0);
    await rootsFile('of-group', 0o640, 3456);
    await rootsFile('go', 0o600, 0);
    const { output } = await endOf(arn);
    assert.deepEqual(output.split('\n'), [
      '0',
      'made 1234 2345',
      'sub 1234 2345',
      'opened',
      '1234 2345',
      'Operation not permitted',
      '640',
      'cat: private: Permission denied',
      'of-group',
      'cat: ../outside: No such file or directory',
      'by-another',
      'go',
      'made',
      'of-group',
      'private',
      'sub',
    ]);
    const { uid, gid } = await stat(join(data, 'one', 'made'));
    assert.deepEqual([uid, gid], [1234, 2345], 'on the file system itself');
    const { accessPointId } = efs.authorizationConfig;
    await eventually(
      'the end of the mount with the last task',
      async () => !(await host('cat', '/proc/mounts')).includes(accessPointId),
    );
    // Through another mount of the same file system, the next task sees what was made.
    assert.match((await run('plain', {}, 'cat /shared/users/one/made')).output, /^by root$/);
  });

  test('that are not there, or have no such directory, end the task before it has a container', async () => {
    for (const [family, efs, said] of [
      [
        'no-directory',
        { rootDirectory: '/none' },
        `mount.nfs4: mounting ${fileSystemId}:/none failed, reason given by server: No such file or directory`,
      ],
      ['no-such', { fileSystemId: 'fs-00000000000000000' }, 'Failed to resolve "fs-00000000000000000.efs"'],
    ] as const) {
      const { task } = await run(family, efs, 'true');
      assert.equal(task.stopCode, 'TaskFailedToStart');
      const reason = task.stoppedReason ?? '';
      assert.match(reason, /^ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: /);
      assert.ok(reason.includes(said), reason);
    }
  });

  test('do not let a task mount the host by a link that another has left in them', async () => {
    await symlink('/etc', bytes('link'));
    for (const rootDirectory of ['/link', '/link/ssl']) {
      const { task, output } = await run(`linked-${rootDirectory.length}`, { rootDirectory }, 'ls /shared');
      assert.equal(output, '');
      assert.match(task.stoppedReason ?? '', /No such file or directory/);
    }
  });

  test('have mount targets in a subnet of each zone, and are deleted only without', async () => {
    const { Subnets = [] } = await aws<DescribeSubnetsResult>('ec2', 'describe-subnets');
    const subnetId = Subnets[0]?.SubnetId ?? '';
    const target = await aws<{ MountTargetId: string; IpAddress: string }>(
      'efs',
      'create-mount-target',
      '--file-system-id',
      fileSystemId,
      '--subnet-id',
      subnetId,
    );
    assert.match(target.IpAddress, /^172\.31\./);
    assert.equal((await available()).NumberOfMountTargets, 1);
    assert.match(
      await aws.fails('efs', 'create-mount-target', '--file-system-id', fileSystemId, '--subnet-id', subnetId),
      /MountTargetConflict/,
    );
    assert.match(await aws.fails('efs', 'delete-file-system', '--file-system-id', fileSystemId), /FileSystemInUse/);
    await aws('efs', 'delete-mount-target', '--mount-target-id', target.MountTargetId);
    await aws('efs', 'delete-file-system', '--file-system-id', fileSystemId);
    await eventually('the end of the file system', async () => {
      const said = await aws
        .fails('efs', 'describe-file-systems', '--file-system-id', fileSystemId)
        .catch(() => undefined);
      return said?.includes('FileSystemNotFound') ? true : undefined;
    });
    const { AccessPoints = [] } = await aws<{ AccessPoints?: readonly object[] }>('efs', 'describe-access-points');
    assert.deepEqual(AccessPoints, []);
  });
});
