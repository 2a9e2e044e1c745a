// Volumes and where containers find them.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { host as onHost } from '../../running/engine.ts';
import { container, type Definition, facts, row, type Row, type Scene } from './table.ts';

const mount = (sourceVolume: string, containerPath: string, readOnly = false) => ({
  sourceVolume,
  containerPath,
  readOnly,
});

/** Made by its own row: the host's directory has to exist first. */
const bound = (directory: string): Scene => ({
  definition: {
    networkMode: 'none',
    volumes: [{ name: 'data', host: { sourcePath: directory } }],
    containerDefinitions: [
      {
        name: 'app',
        mountPoints: [mount('data', '/data'), mount('data', '/looked-at', true)],
        command: facts({
          read: 'cat /data/given',
          write: 'echo from inside > /data/made',
          refused: 'echo x > /looked-at/y',
        }),
      },
    ],
  },
});

const shared: Scene = {
  definition: {
    networkMode: 'none',
    volumes: [
      { name: 'own' },
      {
        name: 'small',
        dockerVolumeConfiguration: {
          scope: 'task',
          driver: 'local',
          driverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=3m,mode=1777' },
          labels: { 'com.example.purpose': 'scratch' },
        },
      },
    ],
    containerDefinitions: [
      {
        name: 'writer',
        essential: false,
        mountPoints: [mount('own', '/own'), mount('small', '/small')],
        command: ['sh', '-c', 'echo handed over > /own/note; mkdir /small/here'],
      },
      {
        name: 'heir',
        essential: false,
        volumesFrom: [{ sourceContainer: 'writer', readOnly: true }],
        dependsOn: [{ containerName: 'writer', condition: 'COMPLETE' }],
        command: facts({ read: 'cat /own/note', refused: 'echo x > /own/other' }),
      },
      {
        name: 'free-heir',
        essential: false,
        volumesFrom: [{ sourceContainer: 'writer' }],
        dependsOn: [{ containerName: 'writer', condition: 'COMPLETE' }],
        command: facts({ write: 'echo x > /own/other && cat /own/other' }),
      },
      {
        name: 'reader',
        mountPoints: [mount('own', '/elsewhere'), mount('small', '/small')],
        dependsOn: ['heir', 'free-heir'].map((containerName) => ({ containerName, condition: 'COMPLETE' })),
        command: facts({ read: 'cat /elsewhere/note', mounts: 'cat /proc/self/mounts' }, 'exec sleep 1000'),
      },
    ],
  },
  until: 'RUNNING',
};

const keptName = 'longshore-test-kept';
const kept = (autoprovision: boolean, command: string): Scene => ({
  definition: {
    networkMode: 'none',
    volumes: [
      { name: keptName, dockerVolumeConfiguration: { scope: 'shared', ...(autoprovision && { autoprovision }) } },
    ],
    containerDefinitions: [{ name: 'app', mountPoints: [mount(keptName, '/kept')], command: facts({ done: command }) }],
  },
});

const withVolume = (volume: object): Definition => ({
  networkMode: 'none',
  volumes: [{ name: 'data', ...volume }],
  containerDefinitions: [{ name: 'app', mountPoints: [mount('data', '/data')], command: ['true'] }],
});

export const fileRows: readonly Row[] = [
  row(
    ['volumes[].host.sourcePath', ...container('mountPoints[].readOnly')],
    'a directory of the host, to be written or only read',
    async ({ play }) => {
      const directory = await mkdtemp(join(tmpdir(), 'longshore-test-'));
      try {
        await writeFile(join(directory, 'given'), 'from the host\n');
        const seen = await play(bound(directory));
        assert.equal(await seen.fact('app', 'read'), 'from the host');
        assert.equal(await readFile(join(directory, 'made'), 'utf8'), 'from inside\n');
        assert.match(await seen.fact('app', 'refused'), /Read-only file system/);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  ),
  row(
    ['volumes[].name', ...container('mountPoints[].sourceVolume', 'mountPoints[].containerPath')],
    'a volume of the task’s own is one for all its containers',
    async (stage) => {
      assert.equal(await (await stage.play(shared)).fact('reader', 'read'), 'handed over');
      const unknown = { containerDefinitions: [{ name: 'app', mountPoints: [mount('nothing', '/x')] }] };
      assert.equal(await stage.refusedRegistration(unknown), "ClientException: Unknown volume 'nothing'.");
    },
  ),
  row(
    container('volumesFrom[].sourceContainer', 'volumesFrom[].readOnly'),
    'the mounts of another container, to be written or only read',
    async ({ play }) => {
      const seen = await play(shared);
      assert.equal(await seen.fact('heir', 'read'), 'handed over');
      assert.match(await seen.fact('heir', 'refused'), /Read-only file system/);
      assert.equal(await seen.fact('free-heir', 'write'), 'x');
    },
  ),
  row(
    ['driver', 'driverOpts', 'labels'].map((member) => `volumes[].dockerVolumeConfiguration.${member}`),
    'are given to the engine',
    async (stage) => {
      const seen = await stage.play(shared);
      assert.match(await seen.fact('reader', 'mounts'), /^tmpfs \/small tmpfs \S*size=3072k/m);
      const mounts = (await seen.inspect('reader')).Mounts;
      const name = mounts.find(({ Destination }) => Destination === '/small')?.Name ?? '';
      assert.match(name, new RegExp(`^ecs-${seen.family}-1-small-[0-9a-f]+$`));
      const [volume] = JSON.parse(await onHost('docker', 'volume', 'inspect', name)) as readonly {
        readonly Driver: string;
        readonly Labels: Readonly<Record<string, string>>;
      }[];
      assert.equal(volume?.Driver, 'local');
      assert.equal(volume?.Labels['com.example.purpose'], 'scratch');
      assert.equal(
        await stage.refusedRun({ definition: withVolume({ dockerVolumeConfiguration: { driver: 'no-such-driver' } }) }),
        'Failure: ATTRIBUTE',
      );
    },
  ),
  row(
    ['volumes[].dockerVolumeConfiguration.scope', 'volumes[].dockerVolumeConfiguration.autoprovision'],
    'shared keeps its name and content from task to task; missing and not to be made, it fails the task by name',
    async ({ play }) => {
      await onHost('docker', 'volume', 'rm', '--force', keptName);
      const missing = await play(kept(false, 'true'));
      assert.equal(missing.task.stopCode, 'TaskFailedToStart');
      assert.equal(missing.task.stoppedReason, `CannotInspectVolumeError: get ${keptName}: no such volume`);
      await play(kept(true, 'echo kept > /kept/note'));
      assert.equal(await (await play(kept(false, 'cat /kept/note'))).fact('app', 'done'), 'kept');
    },
  ),
  row(
    'volumes[].dockerVolumeConfiguration.driverOpts',
    'that the engine refuses fail the task and name the volume',
    async ({ play }) => {
      const of = (driverOpts: object) =>
        play({ definition: withVolume({ dockerVolumeConfiguration: { driverOpts } }) });
      const [unknown, absent] = await Promise.all([of({ bogus: '1' }), of({ type: 'ext4', device: '/dev/not-there' })]);
      assert.equal(unknown.task.stopCode, 'TaskFailedToStart');
      assert.match(
        unknown.task.stoppedReason ?? '',
        /^CannotCreateVolumeError: .*create ecs-row-\d+-1-data-[0-9a-f]+: invalid option: "bogus"/,
      );
      assert.equal(absent.task.stopCode, 'TaskFailedToStart');
      assert.match(
        absent.task.stoppedReason ?? '',
        /^CannotStartContainerError: .*ecs-row-\d+-1-data-[0-9a-f]+.*no such file or directory/,
      );
    },
  ),
];
