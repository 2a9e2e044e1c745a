import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DockerInfo } from '../../world/docker.ts';
import type { FileSystemKind } from '../../world/file-systems.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { SimFileSystems } from '../../world/sim/sim-file-systems.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import type { TaskRecord } from '../state.ts';
import { createTaskStorage } from './task-storage.ts';

const info: DockerInfo = {
  NCPU: 1,
  MemTotal: 1,
  Architecture: 'x86_64',
  OSType: 'linux',
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  Driver: 'overlay2',
  DockerRootDir: '/engine',
};
const place = '/data/volumes/ephemeral/t1';
const layer = '/engine/overlay2/abc';

async function open(given: Partial<DockerInfo> = {}, kinds?: readonly FileSystemKind[]) {
  const clock = new SimClock();
  const life = new SimLife(clock, 'agent');
  const systems = new SimFileSystems(kinds);
  const disk = new SimDisk(new SimRandom(1), 0).as(life);
  const until = <T>(promise: Promise<T>): Promise<T> => clock.runUntilSettled(promise, 1000);
  await until(disk.makeDirectory('/engine/overlay2'));
  const docker = {
    inspectContainer: async () => ({ GraphDriver: { Name: 'overlay2', Data: { UpperDir: `${layer}/diff` } } }),
  };
  const parts = { docker, disk, log: new SimLog(clock), fileSystems: systems.as(life) };
  const start = () => until(createTaskStorage(parts, '/data/volumes', { ...info, ...given }));
  return { systems, until, start, storage: await start() };
}

const task = (ephemeralStorageGiB?: number): TaskRecord => ({
  arn: 'arn:aws:ecs:us-east-1:123456789012:task/default/t1',
  payload: {
    arn: 'arn:aws:ecs:us-east-1:123456789012:task/default/t1',
    taskClusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/default',
    family: 'web',
    version: '1',
    desiredStatus: 'RUNNING',
    containers: [],
    volumes: [],
    longshore: { logs: [], ...(ephemeralStorageGiB !== undefined && { ephemeralStorageGiB }) },
  },
  desiredStatus: 'RUNNING',
  acceptedAt: 0,
  containers: {},
  resources: {},
  volumes: {},
  told: { status: 'NONE', attached: false, containers: {} },
});

test('a task has one file system of its size, and what its containers write and its volumes lie in it', async () => {
  const { systems, until, storage } = await open();
  const fargate = task(21);
  await until(Promise.all([storage.prepared(fargate), storage.prepared(fargate)]));
  assert.deepEqual([...systems.mounts], [[place, `${place}.img`]]);
  assert.equal(systems.images.get(`${place}.img`), 21 * 1024 ** 3);
  assert.equal(await until(storage.volumeDirectory(fargate, 'scratch')), `${place}/volumes/scratch`);
  await until(storage.hold(fargate, 'c1'));
  assert.deepEqual(systems.directories.get(layer), { source: `${place}/layers/c1`, userId: 0 });
  assert.equal((await until(storage.usage(fargate)))?.sizeBytes, 21 * 1024 ** 3);
  await until(storage.release(fargate));
  assert.equal(systems.mounts.size, 0);
  assert.equal(await until(storage.usage(fargate)), undefined);
});

test('an agent that starts again has its containers write into the file system that is there', async () => {
  const { systems, until, storage, start } = await open();
  await until(storage.prepared(task(30)));
  const again = await start();
  await until(again.hold(task(30), 'c2'));
  assert.ok(systems.directories.has(layer));
  await until(again.release(task(30)));
  assert.equal(systems.mounts.size, 0);
});

test('a task without ephemeral storage, as all are but Fargate’s, is left alone', async () => {
  const { systems, until, storage } = await open();
  await until(storage.prepared(task()));
  await until(storage.hold(task(), 'c1'));
  await until(storage.release(task()));
  assert.equal(systems.mounts.size + systems.directories.size, 0);
});

for (const [what, given, kinds] of [
  ['with layers of another kind', { Driver: 'btrfs' }],
  ['on another machine', { DockerRootDir: '/elsewhere' }],
  ['where this process may not mount', {}, []],
] as const) {
  test(`beside an engine ${what} tasks run without a bound`, async () => {
    const { systems, until, storage } = await open(given, kinds);
    assert.equal(storage.isPossible, false);
    await until(storage.prepared(task(21)));
    await until(storage.hold(task(21), 'c1'));
    assert.equal(await until(storage.volumeDirectory(task(21), 'scratch')), undefined);
    assert.equal(await until(storage.usage(task(21))), undefined);
    await until(storage.release(task(21)));
    assert.equal(systems.mounts.size + systems.directories.size, 0);
  });
}
