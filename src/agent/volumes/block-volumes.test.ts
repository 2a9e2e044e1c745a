import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { SimFileSystems } from '../../world/sim/sim-file-systems.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import type { FileSystemKind } from '../../world/file-systems.ts';
import { type BlockVolumes, createBlockVolumes } from './block-volumes.ts';

interface Site {
  readonly systems: SimFileSystems;
  readonly volumes: BlockVolumes;
  readonly until: <T>(promise: Promise<T>) => Promise<T>;
}

async function open(kinds?: readonly FileSystemKind[]): Promise<Site> {
  const clock = new SimClock();
  const life = new SimLife(clock, 'agent');
  const systems = new SimFileSystems(kinds);
  const disk = new SimDisk(new SimRandom(1), 0).as(life);
  const until = <T>(promise: Promise<T>): Promise<T> => clock.runUntilSettled(promise, 1000);
  const volumes = await until(createBlockVolumes({ disk, fileSystems: systems.as(life) }, '/data/volumes'));
  return { systems, volumes, until };
}

const volume = { volumeId: 'vol-1', sizeGiB: 2, deleteOnTermination: true };

test('a volume is a file of its size, mounted once however often it is attached', async () => {
  const { systems, volumes, until } = await open();
  assert.equal(volumes.isPossible, true);
  assert.equal(await until(volumes.attach('data', volume)), '/data/volumes/vol-1');
  assert.equal(await until(volumes.attach('data', volume)), '/data/volumes/vol-1');
  assert.deepEqual([...systems.mounts], [['/data/volumes/vol-1', '/data/volumes/vol-1.img']]);
  assert.deepEqual([...systems.images], [['/data/volumes/vol-1.img', 2 * 1024 ** 3]]);
  await until(volumes.release(volume));
  assert.equal(systems.mounts.size, 0);
  await until(volumes.release(volume));
});

test('a kind that the host does not have is refused by name; where none is named, the best there is', async () => {
  const { volumes, until } = await open(['ext4', 'ext3']);
  assert.equal(await until(volumes.attach('data', volume)), '/data/volumes/vol-1');
  await assert.rejects(
    until(volumes.attach('data', { ...volume, filesystemType: 'xfs' })),
    /^StepError: ResourceInitializationError: failed to attach the EBS volume 'data': this host has no xfs file systems, only ext4, ext3$/,
  );
});

test('a host that cannot mount says so', async () => {
  const { volumes, until } = await open([]);
  assert.equal(volumes.isPossible, false);
  await assert.rejects(until(volumes.attach('data', volume)), /this host cannot mount a file system/);
});
