import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../store/store.ts';
import { MemoryJournal } from '../../world/sim/memory-journal.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { SimFileSystems } from '../../world/sim/sim-file-systems.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import type { FileSystemKind } from '../../world/file-systems.ts';
import { agentTables } from '../agent.ts';
import { container, task as payloadOf } from '../agent-scene.test.ts';
import type { PayloadVolume } from '../contract.ts';
import { agentTasks, type TaskRecord } from '../state.ts';
import { createSharedVolumes, type SharedVolumes } from './shared-volumes.ts';

interface Site {
  readonly systems: SimFileSystems;
  readonly volumes: SharedVolumes;
  readonly until: <T>(promise: Promise<T>) => Promise<T>;
  readonly put: (task: TaskRecord) => Promise<void>;
}

async function open(kinds?: readonly FileSystemKind[]): Promise<Site> {
  const clock = new SimClock();
  const life = new SimLife(clock, 'agent');
  const systems = new SimFileSystems(kinds);
  const disk = new SimDisk(new SimRandom(1), 0).as(life);
  const until = <T>(promise: Promise<T>): Promise<T> => clock.runUntilSettled(promise, 1000);
  const journal = new MemoryJournal(clock).open();
  const store = await until(
    Store.open({ journal, clock, random: new SimRandom(2), tables: agentTables, projections: [] }),
  );
  await until(disk.makeDirectory('/files/fs-1/data'));
  await until(disk.writeAtomic('/files/fs-1/file-system-id', new TextEncoder().encode('fs-1')));
  const volumes = createSharedVolumes({ disk, fileSystems: systems.as(life), store, directory: '/volumes' });
  return { systems, volumes, until, put: (task) => until(store.update((tx) => tx.put(agentTasks, task))) };
}

type EfsVolume = NonNullable<PayloadVolume['efs']>;

const volume: EfsVolume = {
  fileSystemId: 'fs-1',
  rootDirectory: '/',
  mount: {
    directory: '/files/fs-1',
    accessPoint: {
      accessPointId: 'fsap-1',
      path: '/apps',
      creation: { userId: 7, groupId: 8, permissions: '0750' },
      user: { userId: 1234, groupId: 2345, secondaryGroupIds: [] },
    },
  },
};

function recordOf(efs: EfsVolume): TaskRecord {
  const payload = payloadOf([container('app', 'sleep 1')], { volumes: [{ name: 'data', type: 'efs', efs }] });
  return {
    arn: payload.arn,
    payload,
    desiredStatus: 'RUNNING',
    acceptedAt: 0,
    told: { status: 'NONE', containers: {}, attached: false },
    containers: {},
    resources: {},
    volumes: {},
  };
}

test('an access point is mounted once in the name of its user, until the last task that uses it has stopped', async () => {
  const { systems, volumes, until, put } = await open();
  const [one, other] = [recordOf(volume), recordOf(volume)];
  for (const task of [one, other]) {
    await put(task);
    assert.equal(await until(volumes.attach('data', volume)), '/volumes/fsap-1');
  }
  assert.deepEqual([...systems.directories], [['/volumes/fsap-1', { source: '/files/fs-1/data/apps', userId: 1234 }]]);
  await put({ ...one, stoppedAt: 1 });
  await until(volumes.release(one));
  assert.equal(systems.directories.size, 1);
  await put({ ...other, stoppedAt: 2 });
  await until(volumes.release(other));
  assert.equal(systems.directories.size, 0);
});

test('a task that comes while the mount is being ended gets it anew', async () => {
  const { systems, volumes, until, put } = await open();
  const [one, next] = [recordOf(volume), recordOf(volume)];
  await put(one);
  await until(volumes.attach('data', volume));
  await put({ ...one, stoppedAt: 1 });
  const released = volumes.release(one);
  await put(next);
  const attached = volumes.attach('data', volume);
  await until(Promise.all([released, attached]));
  assert.equal(systems.directories.size, 1);
});

test('a host that cannot do it says so, and mounts what has no user of its own', async () => {
  const { volumes, until } = await open([]);
  await assert.rejects(
    until(volumes.attach('data', volume)),
    /this host cannot put the user of access point fsap-1 in place of the container's/,
  );
  assert.equal(
    await until(
      volumes.attach('data', { fileSystemId: 'fs-1', rootDirectory: '/', mount: { directory: '/files/fs-1' } }),
    ),
    '/files/fs-1/data',
  );
});
