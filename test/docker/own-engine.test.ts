// What can only be seen with an engine of the test's own, in a network namespace of its own: the machine's engine and its
// bridge are left alone.
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DescribeContainerInstancesResponse, RunTaskResponse } from '@aws-sdk/client-ecs';
import { after, before, describe, test } from 'node:test';
import { buildShellImage } from '../../src/app/shell-image.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import { testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { type PrivateEngine, startPrivateEngine } from '../running/private-engine.ts';
import { Installation } from '../running/installation.ts';
import { temporaryDirectory } from '../running/server.ts';
import { outputOf } from './task-parameters/stage.ts';

/** Where ecs-init tells of the GPUs of a host. */
const gpuInfo = '/var/lib/ecs/gpu/nvidia-gpu-info.json';

/**
 * A runtime that stands in for NVIDIA's, on a machine that needs no GPU: it gives a container a device for each GPU that
 * NVIDIA_VISIBLE_DEVICES names, and leaves the rest to runc.
 */
async function writeGpuRuntime(directory: string): Promise<string> {
  const path = join(directory, 'nvidia-stand-in');
  const edit = `
    const file = process.argv[1] + '/config.json';
    const config = JSON.parse(fs.readFileSync(file, 'utf8'));
    const [, ids = ''] = config.process.env.map((pair) => /^NVIDIA_VISIBLE_DEVICES=(.*)/.exec(pair)).find(Boolean) ?? [];
    for (const id of ids.split(',')) config.mounts.push({ destination: '/dev/nvidia-' + id, type: 'bind', source: '/dev/null', options: ['bind'] });
    fs.writeFileSync(file, JSON.stringify(config));`;
  const script = `#!/bin/sh
bundle=$(printf '%s\\n' "$@" | sed -n '/^--bundle$/{n;p}')
[ -z "$bundle" ] || '${process.execPath}' -e '${edit.replaceAll("'", `'"'"'`)}' "$bundle" || exit 1
exec runc "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
  return path;
}

/** The ids of the host's GPUs: those of two that are none, unless somebody has told of real ones. */
async function tellOfGpus(): Promise<{ readonly ids: readonly string[]; remove(): Promise<void> }> {
  const present = await readFile(gpuInfo, 'utf8').catch(() => undefined);
  const text = present ?? JSON.stringify({ DriverVersion: '550.54', GPUIDs: ['GPU-aaaa', 'GPU-bbbb'] });
  const { GPUIDs: ids }: { readonly GPUIDs: readonly string[] } = JSON.parse(text);
  if (present !== undefined) return { ids, remove: async () => undefined };
  const made = await mkdir(dirname(gpuInfo), { recursive: true });
  await writeFile(gpuInfo, text);
  return { ids, remove: () => rm(made ?? gpuInfo, { recursive: true }) };
}

describe('an engine of one’s own', {
  skip: process.getuid?.() === 0 ? false : 'a second engine needs root',
}, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engine: PrivateEngine;
  let installation: Installation;
  let gpus: Awaited<ReturnType<typeof tellOfGpus>>;

  before(async () => {
    directory = await temporaryDirectory();
    const runtime = await writeGpuRuntime(directory.path);
    engine = await startPrivateEngine(directory.path, { engineArguments: ['--add-runtime', `nvidia=${runtime}`] });
    await buildShellImage(realDocker(engine.address), testImage);
    gpus = await tellOfGpus();
    installation = await Installation.start('own', { agentEnvironment: { DOCKER_HOST: engine.address } });
  });

  after(async () => {
    await installation?.end();
    await gpus?.remove();
    await engine?.remove();
    await directory?.remove();
  });

  test('a task has the GPUs it asks for, which no other task is given while it runs', async () => {
    const { client, cluster } = installation;
    const docker = realDocker(engine.address);
    const told = (id = ''): Promise<string> =>
      eventually('what the container tells', async () => (await outputOf(id, docker)) || undefined);
    const small = { image: testImage, memory: 32, stopTimeout: 1, essential: true };
    const definition = {
      family: 'gpu',
      networkMode: 'none',
      containerDefinitions: [
        {
          ...small,
          name: 'app',
          command: ['sh', '-c', 'echo $NVIDIA_VISIBLE_DEVICES /dev/nvidia*; sleep 1000'],
          resourceRequirements: [{ type: 'GPU', value: '1' }],
        },
        {
          ...small,
          name: 'other',
          command: ['sh', '-c', 'echo none: $NVIDIA_VISIBLE_DEVICES /dev/nvidia*; sleep 1000'],
        },
      ],
    };
    const remaining = async (): Promise<readonly string[]> => {
      const answer = await client.call<DescribeContainerInstancesResponse>('ecs', 'DescribeContainerInstances', {
        cluster,
        containerInstances: [await installation.connectedInstance()],
      });
      const [{ registeredResources = [], remainingResources = [], attributes = [] } = {}] =
        answer.containerInstances ?? [];
      assert.ok(attributes.some(({ name }) => name?.startsWith('ecs.capability.nvidia-driver-version.')));
      const namesOf = (resources: typeof remainingResources) =>
        resources.find(({ name }) => name === 'GPU')?.stringSetValue ?? [];
      assert.deepEqual(namesOf(registeredResources), gpus.ids);
      return namesOf(remainingResources);
    };
    const gpuOf = async (taskArn: string): Promise<string> => {
      const { containers = [] } = await installation.reaches(taskArn, 'RUNNING');
      const [app, other] = ['app', 'other'].map((name) => containers.find((container) => container.name === name));
      const [id = '', ...more] = app?.gpuIds ?? [];
      assert.deepEqual(more, []);
      assert.equal(other?.gpuIds, undefined);
      assert.equal(await told(app?.runtimeId), `${id} /dev/nvidia-${id}\n`);
      assert.equal(await told(other?.runtimeId), 'none: /dev/nvidia*\n');
      return id;
    };
    const first = await installation.run(definition);
    const held = await gpuOf(first);
    assert.deepEqual(
      await remaining(),
      gpus.ids.filter((id) => id !== held),
    );
    const others = await Promise.all(
      gpus.ids.slice(1).map(async () => gpuOf(await installation.launch({ taskDefinition: 'gpu' }))),
    );
    assert.deepEqual([held, ...others].toSorted(), gpus.ids.toSorted());
    const { failures = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', { cluster, taskDefinition: 'gpu' });
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      ['RESOURCE:GPU'],
    );
    await installation.stop(first);
    assert.equal(await gpuOf(await installation.launch({ taskDefinition: 'gpu' })), held, 'it is free again');
    await installation.stopTasks();
    assert.deepEqual(await remaining(), gpus.ids);
  });

  test('tasks that ended with it are seen as ended, and new ones run', async () => {
    const definition = {
      family: 'sleeper',
      networkMode: 'none',
      containerDefinitions: [
        { name: 'app', image: testImage, cpu: 10, memory: 32, command: ['sleep', '1000'], stopTimeout: 2 },
      ],
    };
    const before = await installation.run(definition);
    await installation.reaches(before, 'RUNNING');

    await engine.stop();
    const during = await installation.run(definition);
    await engine.start();

    const ended = await installation.reaches(before, 'STOPPED');
    assert.equal(ended.stopCode, 'EssentialContainerExited');
    assert.equal(
      ended.containers?.[0]?.exitCode,
      137,
      'sleep does not end on SIGTERM as process 1, so the engine killed it',
    );
    await installation.reaches(during, 'RUNNING');
    await installation.stop(during);
  });
});
