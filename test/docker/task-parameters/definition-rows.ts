// What holds for the task as a whole, and what RunTask overrides.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescribeTaskDefinitionResponse, DescribeTasksResponse } from '@aws-sdk/client-ecs';
import { docker } from '../../running/engine.ts';
import { container, type Definition, facts, row, type Row, type Scene } from './table.ts';

const here = process.arch === 'arm64' ? 'ARM64' : 'X86_64';
const elsewhere = process.arch === 'arm64' ? 'X86_64' : 'ARM64';
const forever = ['sleep', '1000'];

const sized: Scene = {
  definition: {
    networkMode: 'none',
    cpu: '256',
    memory: '128',
    runtimePlatform: { cpuArchitecture: here, operatingSystemFamily: 'LINUX' },
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack == test' }],
    tags: [{ key: 'team', value: 'blue' }],
    containerDefinitions: [
      {
        name: 'app',
        environment: [{ name: 'COLOUR', value: 'blue' }],
        command: facts({ environment: 'env' }, 'exec sleep 1000'),
      },
    ],
  },
  run: { propagateTags: 'TASK_DEFINITION' },
  until: 'RUNNING',
};

const oddly = 'o'.repeat(255);
/** Values that are odd and allowed, at once. */
const odd: Scene = {
  definition: {
    networkMode: 'none',
    volumes: [{ name: 'outer' }, { name: 'inner' }],
    containerDefinitions: [
      {
        name: oddly,
        user: '',
        workingDirectory: '',
        environment: [
          { name: 'EMPTY', value: '' },
          { name: 'TWICE', value: 'first' },
          { name: 'TWICE', value: 'last' },
          { name: 'LINES', value: 'one\n⚓ two = "three"' },
          { name: 'LONG', value: 'x'.repeat(40_000) },
        ],
        mountPoints: [
          { sourceVolume: 'inner', containerPath: '/outer/inner' },
          { sourceVolume: 'outer', containerPath: '/outer' },
        ],
        entryPoint: facts({
          empty: 'echo "<${EMPTY-unset}>"',
          twice: 'env | grep -c ^TWICE=; echo $TWICE',
          lines: 'echo "$LINES"',
          long: 'echo ${#LONG}',
          mounts: 'touch /outer/a /outer/inner/b; echo /outer/* /outer/inner/*',
          arguments: 'echo "$# <$0> <$1>"',
        }),
        command: ['', 'ä b'],
      },
      { name: 'a_b', essential: false, command: ['true'] },
      { name: 'ab', essential: false, command: ['true'] },
    ],
  },
};

const overridden: Scene = {
  definition: {
    networkMode: 'none',
    cpu: '512',
    memory: '256',
    containerDefinitions: [
      {
        name: 'app',
        cpu: 100,
        memory: 64,
        memoryReservation: 32,
        environment: [
          { name: 'KEPT', value: 'kept' },
          { name: 'CHANGED', value: 'before' },
        ],
        command: ['false'],
      },
      { name: 'other', essential: false, command: ['true'] },
      { name: 'stays', command: forever, stopTimeout: 2 },
    ],
  },
  run: {
    overrides: {
      cpu: '1024',
      memory: '512',
      containerOverrides: [
        {
          name: 'app',
          cpu: 200,
          memory: 96,
          memoryReservation: 48,
          environment: [
            { name: 'CHANGED', value: 'after' },
            { name: 'ADDED', value: 'added' },
          ],
          command: facts(
            {
              environment: 'env',
              memory: 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max',
              soft: 'cat /sys/fs/cgroup/memory/memory.soft_limit_in_bytes /sys/fs/cgroup/memory.low',
              shares: 'cat /sys/fs/cgroup/cpu/cpu.shares /sys/fs/cgroup/cpu.weight',
            },
            'exec sleep 1000',
          ),
        },
      ],
    },
  },
  until: 'RUNNING',
};

const fargate = (
  more: object = {},
  run: object = {},
  containerDefinitions: Definition['containerDefinitions'] = [{ name: 'app', command: ['true'] }],
): Scene => ({
  definition: {
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    ...more,
    containerDefinitions,
  },
  run: { launchType: 'FARGATE', ...run },
});

/** Takes room for a file without writing it, or says why not. */
const take = (path: string, gibibytes: number): string =>
  `perl -e 'open F, ">", "${path}" or die "$!\n"; syscall(${process.arch === 'arm64' ? 47 : 285}, fileno F, 0, 0, ${gibibytes} << 30) == 0 or die "$!\n"; print "taken"'`;
const mountPoints = [{ sourceVolume: 'scratch', containerPath: '/scratch' }];
const roomy: Scene = fargate({ ephemeralStorage: { sizeInGiB: 22 }, volumes: [{ name: 'scratch' }] }, {}, [
  {
    name: 'app',
    essential: false,
    mountPoints,
    command: facts({ own: take('/large', 9), volume: take('/scratch/large', 5) }),
  },
  {
    name: 'other',
    mountPoints,
    dependsOn: [{ containerName: 'app', condition: 'COMPLETE' }],
    command: [
      ...facts(
        {
          root: 'df -P -k /',
          metadata: `perl -MIO::Socket::INET -e '($h, $p) = $ENV{ECS_CONTAINER_METADATA_URI_V4} =~ m{//([^/]+)(.*)}; $s = IO::Socket::INET->new("$h:80"); print $s "GET $p/task HTTP/1.0\\r\\nHost: $h\\r\\n\\r\\n"; undef $/; print +(split /\\r\\n\\r\\n/, <$s>)[-1]'`,
          own: take('/large', 10),
        },
        'exec sleep 1000',
      ),
    ],
  },
]);
const roomier = fargate({}, { overrides: { ephemeralStorage: { sizeInGiB: 40 } } }, [
  { name: 'app', command: facts({ root: 'df -P -k /', environment: 'env' }) },
]);

export const definitionRows: readonly Row[] = [
  row(['family', ...container('name', 'image')], 'name the container on the engine and its labels', async (stage) => {
    const seen = await stage.play(sized);
    const inspected = await seen.inspect('app');
    assert.match(String(inspected.Name), new RegExp(`^/ecs-${seen.family}-1-app-[0-9a-f]+$`));
    const labels: Readonly<Record<string, string>> = inspected.Config.Labels;
    assert.equal(labels['com.amazonaws.ecs.task-arn'], seen.task.taskArn);
    assert.equal(labels['com.amazonaws.ecs.container-name'], 'app');
    assert.equal(labels['com.amazonaws.ecs.task-definition-family'], seen.family);
    assert.equal(labels['com.amazonaws.ecs.task-definition-version'], '1');
    assert.equal(inspected.Config.Image, stage.image);
  }),
  row(['cpu', 'memory'], 'are the limits of the cgroup around the task', async ({ play }) => {
    const seen = await play(sized);
    const limits = await limitsOfTask((await seen.inspect('app')).State.Pid);
    assert.deepEqual(limits, { quotaUs: 25_000, memoryBytes: 128 * 1024 * 1024 });
  }),
  row(
    container('environment[].name', 'environment[].value'),
    'are in the container’s environment',
    async ({ play }) => {
      assert.match(await (await play(sized)).fact('app', 'environment'), /^COLOUR=blue$/m);
    },
  ),
  row(
    container('name', 'environment[].value', 'mountPoints[].containerPath', 'command[]'),
    'may be odd: empty, long, given twice, one within the other',
    async ({ play }) => {
      const seen = await play(odd);
      const fact = async (name: string): Promise<string> => (await seen.fact(oddly, name)).trim();
      assert.equal(await fact('empty'), '<>');
      assert.equal(await fact('twice'), '1\nlast');
      assert.equal(await fact('lines'), 'one\n⚓ two = "three"');
      assert.equal(await fact('long'), '40000');
      assert.equal(await fact('mounts'), '/outer/a /outer/inner /outer/inner/b');
      assert.equal(await fact('arguments'), '1 <> <ä b>');
    },
  ),
  row(
    ['tags[].key', 'tags[].value'],
    'are kept with the definition and propagated where the run asks for it',
    async ({ play, client, cluster }) => {
      const { task, family } = await play(sized);
      const shown = await client.call<DescribeTaskDefinitionResponse>('ecs', 'DescribeTaskDefinition', {
        taskDefinition: family,
        include: ['TAGS'],
      });
      assert.deepEqual(shown.tags, [{ key: 'team', value: 'blue' }]);
      const { tasks } = await client.call<DescribeTasksResponse>('ecs', 'DescribeTasks', {
        cluster,
        tasks: [task.taskArn],
        include: ['TAGS'],
      });
      assert.deepEqual(tasks?.[0]?.tags, [{ key: 'team', value: 'blue' }]);
    },
  ),
  row(
    ['placementConstraints[].type', 'placementConstraints[].expression'],
    'memberOf chooses instances, or none',
    async (stage) => {
      assert.equal((await stage.play(sized)).task.lastStatus, 'RUNNING');
      const none: Scene = {
        definition: {
          ...sized.definition,
          placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack == prod' }],
        },
      };
      assert.equal(await stage.refusedRun(none), 'Failure: MemberOf placement constraint unsatisfied.');
    },
  ),
  row('requiresCompatibilities[]', 'are what the definition is checked for and can run as', async (stage) => {
    const fargateTask = await stage.play(roomier);
    assert.equal(fargateTask.task.launchType, 'FARGATE');
    assert.match(await fargateTask.fact('app', 'environment'), /^AWS_EXECUTION_ENV=AWS_ECS_FARGATE$/m);
    assert.equal(
      await stage.refusedRun({ ...sized, run: { launchType: 'FARGATE' } }),
      'InvalidParameterException: Task definition does not support launch_type FARGATE.',
    );
    assert.match(
      await stage.refusedRegistration({
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'bridge',
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app' }],
      }),
      /^ClientException: .*[Ff]argate/,
    );
  }),
  row('runtimePlatform.cpuArchitecture', 'of another kind finds no instance', async (stage) => {
    assert.deepEqual((await stage.play(sized)).task.attributes, [
      { name: 'ecs.cpu-architecture', value: here.toLowerCase() },
    ]);
    const foreign: Scene = { definition: { ...sized.definition, runtimePlatform: { cpuArchitecture: elsewhere } } };
    assert.equal(await stage.refusedRun(foreign), 'Failure: ATTRIBUTE');
  }),
  row('runtimePlatform.operatingSystemFamily', 'other than LINUX is refused: hosts run Linux', async (stage) => {
    const windows: Scene = {
      definition: { ...sized.definition, runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
    };
    assert.equal(
      await stage.refusedRun(windows),
      'ClientException: Longshore does not support running a task with runtimePlatform.operatingSystemFamily: its hosts run Linux.',
    );
  }),
  row(
    ['ephemeralStorage.sizeInGiB', 'overrides.ephemeralStorage.sizeInGiB'],
    'are how much all containers of a Fargate task and its own volumes can write together',
    async (stage) => {
      const [first, second] = await Promise.all([stage.play({ ...roomy, until: 'RUNNING' }), stage.play(roomier)]);
      assert.deepEqual(first.task.ephemeralStorage, { sizeInGiB: 22 });
      assert.deepEqual(second.task.fargateEphemeralStorage, { sizeInGiB: 40 });
      if (process.getuid?.() === 0 && (await docker.info()).Driver === 'overlay2') {
        assert.equal(await first.fact('app', 'own'), 'taken');
        assert.equal(await first.fact('app', 'volume'), 'taken');
        assert.equal(await first.fact('other', 'own'), 'No space left on device');
        assert.ok(isNearly(gibibytesOf(await first.fact('other', 'root')), 22), await first.fact('other', 'root'));
        assert.ok(isNearly(gibibytesOf(await second.fact('app', 'root')), 40), await second.fact('app', 'root'));
        const metadata = JSON.parse(await first.fact('other', 'metadata'));
        const { Utilized, Reserved } = metadata.EphemeralStorageMetrics;
        assert.ok(isNearly(Utilized / 1024, 14) && isNearly(Reserved / 1024, 22), `${Utilized} of ${Reserved}`);
      }
      assert.equal(
        await stage.refusedRegistration(fargate({ ephemeralStorage: { sizeInGiB: 20 } }).definition),
        'ClientException: EphemeralStorage size should be at least 21',
      );
      assert.equal(
        await stage.refusedRun(fargate({}, { overrides: { ephemeralStorage: { sizeInGiB: 201 } } })),
        'ClientException: EphemeralStorage size should be at most 200',
      );
    },
  ),
  row(
    ['inferenceAccelerators[].deviceName', 'inferenceAccelerators[].deviceType'],
    'are refused: AWS has ended Elastic Inference',
    async (stage) => {
      const accelerated = {
        ...sized.definition,
        inferenceAccelerators: [{ deviceName: 'device_1', deviceType: 'eia1.medium' }],
      };
      assert.equal(
        await stage.refusedRegistration(accelerated),
        'ClientException: Elastic Inference is no longer available.',
      );
    },
  ),
  row(
    ['overrides.inferenceAcceleratorOverrides[].deviceName', 'overrides.inferenceAcceleratorOverrides[].deviceType'],
    'are refused',
    async (stage) => {
      const accelerated: Scene = {
        ...sized,
        run: { overrides: { inferenceAcceleratorOverrides: [{ deviceName: 'device_1', deviceType: 'eia1.medium' }] } },
      };
      assert.equal(
        await stage.refusedRun(accelerated),
        'ClientException: Longshore does not support running a task with overrides.inferenceAcceleratorOverrides: Amazon Elastic Inference has ended.',
      );
    },
  ),
  row(
    [
      'proxyConfiguration.containerName',
      'proxyConfiguration.type',
      'proxyConfiguration.properties[].name',
      'proxyConfiguration.properties[].value',
    ],
    'is refused: there is no App Mesh',
    async (stage) => {
      const properties = Object.entries({
        IgnoredUID: '1337',
        AppPorts: '80',
        ProxyIngressPort: '15000',
        ProxyEgressPort: '15001',
      }).map(([name, value]) => ({ name, value }));
      const meshed: Scene = {
        definition: {
          ...sized.definition,
          networkMode: 'awsvpc',
          proxyConfiguration: { type: 'APPMESH', containerName: 'app', properties },
        },
      };
      assert.equal(
        await stage.refusedRun(meshed),
        'ClientException: Longshore does not support running a task with proxyConfiguration: AWS App Mesh has ended.',
      );
    },
  ),
  row('enableFaultInjection', 'is refused', async (stage) => {
    const faulty: Scene = { definition: { ...sized.definition, enableFaultInjection: true } };
    assert.equal(
      await stage.refusedRun(faulty),
      'ClientException: Longshore does not support running a task with enableFaultInjection yet.',
    );
  }),
  row(
    ['overrides.containerOverrides[].name', 'overrides.containerOverrides[].command[]'],
    'choose a container and what it runs',
    async (stage) => {
      const seen = await stage.play(overridden);
      assert.match(await seen.fact('app', 'environment'), /^KEPT=kept$/m);
      const stray: Scene = { ...sized, run: { overrides: { containerOverrides: [{ name: 'nobody' }] } } };
      assert.equal(
        await stage.refusedRun(stray),
        'InvalidParameterException: Override for container named nobody is not a container in the TaskDefinition.',
      );
    },
  ),
  row(
    ['overrides.containerOverrides[].environment[].name', 'overrides.containerOverrides[].environment[].value'],
    'add to the environment and change it',
    async ({ play }) => {
      const environment = await (await play(overridden)).fact('app', 'environment');
      assert.match(environment, /^KEPT=kept$/m);
      assert.match(environment, /^CHANGED=after$/m);
      assert.match(environment, /^ADDED=added$/m);
    },
  ),
  row(
    [
      'overrides.containerOverrides[].cpu',
      'overrides.containerOverrides[].memory',
      'overrides.containerOverrides[].memoryReservation',
    ],
    'are the sizes of its cgroup',
    async ({ play }) => {
      const seen = await play(overridden);
      assert.match(await seen.fact('app', 'memory'), new RegExp(`^${96 * 1024 * 1024}$`, 'm'));
      assert.match(await seen.fact('app', 'soft'), new RegExp(`^${48 * 1024 * 1024}$`, 'm'));
      assert.match(await seen.fact('app', 'shares'), /^(200|8)$/m);
    },
  ),
  row(['overrides.cpu', 'overrides.memory'], 'are the limits of the cgroup around the task', async ({ play }) => {
    const seen = await play(overridden);
    assert.equal(seen.task.cpu, '1024');
    const limits = await limitsOfTask((await seen.inspect('app')).State.Pid);
    assert.deepEqual(limits, { quotaUs: 100_000, memoryBytes: 512 * 1024 * 1024 });
  }),
];

function gibibytesOf(df: string): number {
  return Number(/^\S+\s+(\d+)/m.exec(df.split('\n')[1] ?? '')?.[1]) / 1024 ** 2;
}

/** A file system has a few hundredths of its size for itself. */
function isNearly(size: number, wanted: number): boolean {
  return size > wanted * 0.95 && size <= wanted * 1.01;
}

/** Of the group that holds the process's own: what the kernel allows the task as a whole. */
async function limitsOfTask(pid: unknown): Promise<{ readonly quotaUs: number; readonly memoryBytes: number }> {
  const groups = (await readFile(`/proc/${Number(pid)}/cgroup`, 'utf8')).split('\n').map((line) => line.split(':'));
  const read = async (controller: string, file: string): Promise<number> => {
    const path = groups.find(([, names = '']) => names.split(',').includes(controller))?.[2];
    const unified = groups.find(([id]) => id === '0')?.[2] ?? '';
    const directory =
      path === undefined ? join('/sys/fs/cgroup', unified, '..') : join('/sys/fs/cgroup', controller, path, '..');
    return Number((await readFile(join(directory, file), 'utf8')).trim().split(' ')[0]);
  };
  const isV1 = groups.some(([, names]) => names === 'memory');
  return isV1
    ? { quotaUs: await read('cpu', 'cpu.cfs_quota_us'), memoryBytes: await read('memory', 'memory.limit_in_bytes') }
    : { quotaUs: await read('cpu', 'cpu.max'), memoryBytes: await read('memory', 'memory.max') };
}
