import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimRandom } from '../world/sim/sim-random.ts';
import { SimDisk } from '../world/sim/sim-disk.ts';
import { SimLife } from '../world/sim/sim-life.ts';
import { SimClock } from '../world/sim/sim-clock.ts';
import type { DockerInfo } from '../world/docker.ts';
import { container, task } from './agent-scene.test.ts';
import { containerBody } from './docker-config.ts';
import { findGpus } from './gpus.ts';
import { newTask } from './accept.ts';

const info: DockerInfo = {
  NCPU: 4,
  MemTotal: 1,
  Architecture: 'x86_64',
  OSType: 'linux',
  CgroupDriver: 'cgroupfs',
  CgroupVersion: '2',
};

const information = (uuid: string): Uint8Array =>
  new TextEncoder().encode(`Model: \t\t NVIDIA L4\nIRQ:   \t\t 30\nGPU UUID: \t ${uuid}\nVideo BIOS: \t 95.04\n`);

test('GPUs are found where the driver tells of them and the engine can give them to containers', async () => {
  const clock = new SimClock();
  const disk = new SimDisk(new SimRandom(1), 0).as(new SimLife(clock, 'host'));
  const found = (runtimes?: Readonly<Record<string, unknown>>) =>
    clock.runUntilSettled(findGpus(disk, { ...info, ...(runtimes && { Runtimes: runtimes }) }), 1000);
  assert.deepEqual(await found({ nvidia: {} }), { ids: [] });
  for (const [bus, uuid] of Object.entries({ '0000:00:1e.0': 'GPU-aaaa', '0000:00:1f.0': 'GPU-bbbb' })) {
    await clock.runUntilSettled(
      disk.writeAtomic(`/proc/driver/nvidia/gpus/${bus}/information`, information(uuid)),
      1000,
    );
  }
  assert.deepEqual(await found({ runc: {}, nvidia: {} }), { ids: ['GPU-aaaa', 'GPU-bbbb'] });
  const version =
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\nGCC version:  gcc version 13.2.0\n';
  await clock.runUntilSettled(disk.writeAtomic('/proc/driver/nvidia/version', new TextEncoder().encode(version)), 1000);
  const present = await found({ runc: {}, nvidia: {} });
  assert.deepEqual(present, { ids: ['GPU-aaaa', 'GPU-bbbb'], driverVersion: '550.54.15' });
  assert.deepEqual(await found({ runc: {} }), { ids: [] });
  assert.deepEqual(await found(), { ids: [] });
  const listed = (text: string) =>
    clock.runUntilSettled(
      disk.writeAtomic('/var/lib/ecs/gpu/nvidia-gpu-info.json', new TextEncoder().encode(text)),
      1000,
    );
  await listed('{"DriverVersion":"550.54","GPUIDs":["GPU-cccc"]}');
  assert.deepEqual(
    await found({ nvidia: {} }),
    { ids: ['GPU-cccc'], driverVersion: '550.54' },
    'what ecs-init has written goes first',
  );
  assert.deepEqual(await found({ runc: {} }), { ids: [] });
  await listed('{"DriverVersion":"550.54"}');
  await assert.rejects(found({ nvidia: {} }), /nvidia-gpu-info\.json names no GPUIDs/);
});

test('a container has the GPUs that were chosen for it, and its neighbour has none', () => {
  const associations = ['GPU-aaaa', 'GPU-bbbb'].map((name) => ({ name, type: 'gpu', containers: ['app'] }));
  const payload = task([container('app', ''), container('other', '')], { associations });
  const bodyOf = (name: string) => {
    const wanted = payload.containers.find((each) => each.name === name);
    assert.ok(wanted);
    return containerBody(
      newTask(payload, 0, () => '00000000'),
      wanted,
      {
        agentId: 'a',
        cluster: 'default',
        region: 'us-east-1',
        cgroupDriver: 'cgroupfs',
        engineVersion: '20.10.24',
        limits: 'containers',
        environment: {},
        imageEnvironment: [],
      },
    );
  };
  assert.equal(bodyOf('app').HostConfig?.['Runtime'], 'nvidia');
  assert.ok(bodyOf('app').Env?.includes('NVIDIA_VISIBLE_DEVICES=GPU-aaaa,GPU-bbbb'));
  assert.equal(bodyOf('other').HostConfig?.['Runtime'], undefined);
  assert.ok(!bodyOf('other').Env?.some((pair) => pair.startsWith('NVIDIA')));
});
