import assert from 'node:assert/strict';
import { test } from 'node:test';
import { managedVolumeOf, type VolumeConfigurations, volumeConfigurationRefusals } from './managed-volumes.ts';
import { firstRefusal } from './refusal.ts';

const roleArn = 'arn:aws:iam::000000000000:role/ecsInfrastructureRole';
const definition = {
  family: 'db',
  volumes: [
    { name: 'data', configuredAtLaunch: true },
    { name: 'scratch', host: {} },
  ],
};

function refusalOf(configurations: VolumeConfigurations): string | undefined {
  return firstRefusal(volumeConfigurationRefusals(configurations, definition))?.message;
}

function refusalOfVolume(volume: object): string | undefined {
  return refusalOf([{ name: 'data', managedEBSVolume: { roleArn, sizeInGiB: 10, ...volume } }]);
}

test('a volume that waits for its configuration gets one, and no other does', () => {
  const data = { name: 'data', managedEBSVolume: { roleArn, sizeInGiB: 10 } };
  assert.equal(refusalOf([data]), undefined);
  assert.match(refusalOf([]) ?? '', /'data' is configured at launch/);
  assert.match(refusalOf([{ ...data, name: 'scratch' }]) ?? '', /'scratch' is not a volume/);
  assert.match(refusalOf([data, data]) ?? '', /more than once/);
  assert.match(refusalOf([{ name: 'data' }]) ?? '', /must have a managedEBSVolume/);
});

test('types, sizes and speeds are those of EBS', () => {
  const cases: readonly (readonly [volume: object, refusal: RegExp | undefined])[] = [
    [{ volumeType: 'io2', iops: 3000, sizeInGiB: 4 }, undefined],
    [{ volumeType: 'gp3', iops: 3000, throughput: 250, filesystemType: 'ext4' }, undefined],
    [{ volumeType: 'st1' }, /sizeInGiB must be a whole number between 125 and 16384, not 10/],
    [{ volumeType: 'standard', sizeInGiB: 1025 }, /between 1 and 1024/],
    [{ volumeType: 'gp9' }, /volumeType should be one of/],
    [{ volumeType: 'io1' }, /iops must be specified/],
    [{ volumeType: 'gp2', iops: 300 }, /iops cannot be specified/],
    [{ throughput: 1001 }, /throughput must be a whole number between 125 and 1000/],
    [{ volumeType: 'gp2', throughput: 125 }, /throughput cannot be specified/],
    [{ filesystemType: 'ntfs' }, /filesystemType should be one of \[ext3,ext4,xfs\]/],
    [{ snapshotId: 'snap-1' }, /The snapshot 'snap-1' does not exist/],
    [{ sizeInGiB: undefined }, /sizeInGiB or a snapshotId/],
    [{ roleArn: 'me' }, /roleArn must be the ARN of a role/],
    [{ encrypted: false, kmsKeyId: 'k' }, /kmsKeyId/],
    [{ tagSpecifications: [{ resourceType: 'task' }] }, /resourceType should be one of \[volume\]/],
  ];
  for (const [volume, expected] of cases) {
    const refusal = refusalOfVolume(volume);
    if (expected) assert.match(refusal ?? '', expected, JSON.stringify(volume));
    else assert.equal(refusal, undefined, JSON.stringify(volume));
  }
});

test('each task has a volume of its own, which goes with it unless it is to stay', () => {
  let count = 0;
  const env = { newId: () => `${(count += 1)}`.padStart(32, 'a'), newUuid: () => `uuid-${count}` };
  const configuration = { name: 'data', managedEBSVolume: { roleArn, sizeInGiB: 10 } };
  const [first, second] = [managedVolumeOf(configuration, env), managedVolumeOf(configuration, env)];
  assert.match(first.volumeId, /^vol-[0-9a-f]{17}$/);
  assert.equal(first.deleteOnTermination, true);
  assert.equal(first.volumeType, 'gp3');
  assert.notEqual(first.attachmentId, second.attachmentId);
});
