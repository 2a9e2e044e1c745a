// Amazon EBS volumes that a task is given when it is run.
import assert from 'node:assert/strict';
import type { Attachment, Task } from '@aws-sdk/client-ecs';
import { eventually } from '../../running/eventually.ts';
import { host as onHost } from '../../running/engine.ts';
import { type Definition, facts, row, type Row, type Scene, type Stage } from './table.ts';

const roleArn = 'arn:aws:iam::000000000000:role/ecsInfrastructureRole';

/** The number of the system call that takes room for a file without writing it. */
const fallocate = process.arch === 'arm64' ? 47 : 285;

const definition: Definition = {
  networkMode: 'none',
  volumes: [{ name: 'data', configuredAtLaunch: true }],
  containerDefinitions: [
    {
      name: 'app',
      stopTimeout: 2,
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
      command: facts(
        {
          mounts: 'cat /proc/self/mounts',
          size: 'df -P -k /data',
          overflow: `perl -e 'open F, ">", "/data/large"; syscall(${fallocate}, fileno F, 0, 0, 1200000000) == 0 or die "$!\\n"'; ls /data`,
        },
        'exec sleep 1000',
      ),
    },
  ],
};

const configured = (managedEBSVolume: object): Scene => ({
  definition,
  run: { volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn, ...managedEBSVolume } }] },
  until: 'RUNNING',
});

const full = configured({
  sizeInGiB: 1,
  volumeType: 'gp3',
  iops: 3000,
  throughput: 125,
  encrypted: true,
  kmsKeyId: 'alias/aws/ebs',
  volumeInitializationRate: 100,
  filesystemType: 'ext4',
  terminationPolicy: { deleteOnTermination: true },
  tagSpecifications: [
    { resourceType: 'volume', tags: [{ key: 'team', value: 'blue' }], propagateTags: 'TASK_DEFINITION' },
  ],
});

const of = (...members: readonly string[]): readonly string[] =>
  members.map((member) => `volumeConfigurations[].managedEBSVolume.${member}`);

/** Where the kernel or our rights forbid it, the task says so instead of running on a volume without bounds. */
async function isPossible(stage: Stage): Promise<boolean> {
  if (process.getuid?.() === 0) return true;
  assert.equal(await stage.refusedRun(full), 'Failure: ATTRIBUTE');
  return false;
}

export const blockVolumeRows: readonly Row[] = [
  row(
    ['volumes[].configuredAtLaunch', 'volumeConfigurations[].name', ...of('sizeInGiB', 'filesystemType')],
    'a file system of that kind, as large as asked for and no larger',
    async (stage) => {
      if (!(await isPossible(stage))) return;
      const seen = await stage.play(full);
      assert.match(await seen.fact('app', 'mounts'), /^\/dev\/loop\d+ \/data ext4 rw/m);
      const kibibytes = Number(/^\S+\s+(\d+)/m.exec((await seen.fact('app', 'size')).split('\n')[1] ?? '')?.[1]);
      assert.ok(kibibytes > 900_000 && kibibytes <= 1024 * 1024, String(kibibytes));
      assert.match(await seen.fact('app', 'overflow'), /No space left on device/);
      assert.equal(
        await stage.refusedRun({ definition }),
        "ClientException: The volume 'data' is configured at launch, so volumeConfigurations must have it.",
      );
    },
  ),
  row(
    of('roleArn', 'volumeType', 'terminationPolicy.deleteOnTermination'),
    'are shown with the attachment, which goes with the task',
    async (stage) => {
      if (!(await isPossible(stage))) return;
      const { task, fact } = await stage.play(full);
      await fact('app', 'overflow');
      const running = attachmentOf(task);
      assert.equal(running.status, 'ATTACHED');
      const details = Object.fromEntries((running.details ?? []).map(({ name = '', value }) => [name, value]));
      assert.equal(details['roleArn'], roleArn);
      assert.equal(details['volumeType'], 'gp3');
      assert.match(details['volumeId'] ?? '', /^vol-[0-9a-f]{17}$/);
      assert.match(await onHost('mount'), new RegExp(`/${details['volumeId']} `));
      await stage.client.call('ecs', 'StopTask', { cluster: stage.cluster, task: task.taskArn });
      assert.equal(attachmentOf(await stage.reaches(task.taskArn ?? '', 'STOPPED')).status, 'DELETED');
      await eventually('the volume unmounted', async () =>
        (await onHost('mount')).includes(`/${details['volumeId']} `) ? undefined : true,
      );
    },
  ),
  row(of('snapshotId'), 'names a snapshot that must exist, and none does', async (stage) => {
    assert.equal(
      await stage.refusedRun(configured({ snapshotId: 'snap-0123456789abcdef0' })),
      "InvalidParameterException: The snapshot 'snap-0123456789abcdef0' does not exist.",
    );
  }),
  row(
    of('iops', 'throughput', 'volumeInitializationRate'),
    'are checked as EBS has them; a host’s disk is as fast as it is',
    async (stage) => {
      const refused = (members: object): Promise<string> => stage.refusedRun(configured({ sizeInGiB: 8, ...members }));
      assert.equal(
        await refused({ volumeType: 'io2' }),
        'InvalidParameterException: iops must be specified for volumes of type io2.',
      );
      assert.equal(
        await refused({ throughput: 2000 }),
        'InvalidParameterException: throughput must be a whole number between 125 and 1000, not 2000.',
      );
      if (await isPossible(stage)) assert.equal((await stage.play(full)).task.lastStatus, 'RUNNING');
    },
  ),
  row(
    of('encrypted', 'kmsKeyId'),
    'are taken: what the host keeps is encrypted by the host’s disk, or not',
    async (stage) => {
      if (await isPossible(stage)) assert.equal((await stage.play(full)).task.lastStatus, 'RUNNING');
      assert.equal(
        await stage.refusedRun(configured({ sizeInGiB: 8, encrypted: false, kmsKeyId: 'alias/aws/ebs' })),
        'InvalidParameterException: kmsKeyId cannot be specified for a volume that is not encrypted.',
      );
    },
  ),
  row(
    of(
      'tagSpecifications[].resourceType',
      'tagSpecifications[].tags[].key',
      'tagSpecifications[].tags[].value',
      'tagSpecifications[].propagateTags',
    ),
    'are checked: no operation shows volumes',
    async (stage) => {
      if (await isPossible(stage)) assert.equal((await stage.play(full)).task.lastStatus, 'RUNNING');
      const tagSpecifications = [{ resourceType: 'instance' }];
      assert.equal(
        await stage.refusedRun(configured({ sizeInGiB: 8, tagSpecifications })),
        'InvalidParameterException: tagSpecifications resourceType should be one of [volume]',
      );
    },
  ),
  row(of('filesystemType'), 'that the host cannot make fails the task and names the volume', async (stage) => {
    assert.equal(
      await stage.refusedRun(configured({ sizeInGiB: 8, filesystemType: 'ntfs' })),
      'InvalidParameterException: filesystemType should be one of [ext3,ext4,xfs]',
    );
    if (!(await isPossible(stage))) return;
    const wanted = configured({ sizeInGiB: 1, filesystemType: 'xfs' });
    const hasXfs = (await onHost('sh', '-c', 'PATH=$PATH:/usr/sbin:/sbin command -v mkfs.xfs || true')) !== '';
    const { task } = await stage.play({ ...wanted, until: hasXfs ? 'RUNNING' : 'STOPPED' });
    if (hasXfs) return;
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.equal(
      task.stoppedReason,
      "ResourceInitializationError: failed to attach the EBS volume 'data': this host has no xfs file systems, only ext4, ext3",
    );
  }),
];

function attachmentOf(task: Task): Attachment {
  const found = task.attachments?.find(({ type }) => type === 'AmazonElasticBlockStorage');
  assert.ok(found, JSON.stringify(task.attachments));
  return found;
}
