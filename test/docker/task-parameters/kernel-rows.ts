// What the kernel shows a container of itself: its user, limits, devices, name spaces.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { container, facts, row, type Row, type Scene, together } from './table.ts';

const settings: Scene = {
  definition: {
    networkMode: 'bridge',
    containerDefinitions: [
      {
        name: 'app',
        cpu: 300,
        memory: 64,
        memoryReservation: 48,
        user: '1234:2345',
        workingDirectory: '/made/for/work',
        hostname: 'facts-host',
        dnsServers: ['192.0.2.53', '192.0.2.54'],
        dnsSearchDomains: ['corp.example', 'example'],
        extraHosts: [{ hostname: 'db.example', ipAddress: '192.0.2.9' }],
        readonlyRootFilesystem: true,
        dockerSecurityOptions: ['no-new-privileges'],
        dockerLabels: { 'com.example.team': 'blue', 'com.amazonaws.ecs.container-name': 'not-this' },
        ulimits: [
          { name: 'nofile', softLimit: 333, hardLimit: 444 },
          { name: 'core', softLimit: 0, hardLimit: 0 },
        ],
        systemControls: [
          { namespace: 'net.ipv4.ip_local_port_range', value: '20000 21000' },
          { namespace: 'kernel.msgmax', value: '9000' },
        ],
        linuxParameters: {
          initProcessEnabled: true,
          sharedMemorySize: 7,
          maxSwap: 0,
          capabilities: { add: ['NET_ADMIN'], drop: ['CHOWN', 'KILL'] },
          tmpfs: [{ containerPath: '/scratch', size: 5, mountOptions: ['noexec', 'nosuid'] }],
        },
        entryPoint: ['sh', '-c'],
        command: facts({
          arguments: 'cat /proc/$$/cmdline',
          user: 'id -u; id -g',
          directory: 'pwd',
          hostname: 'hostname',
          hosts: 'cat /etc/hosts',
          resolver: 'cat /etc/resolv.conf',
          root: 'touch /made/here',
          status: 'cat /proc/self/status',
          limits: 'cat /proc/self/limits',
          ports: 'cat /proc/sys/net/ipv4/ip_local_port_range',
          message: 'cat /proc/sys/kernel/msgmax',
          first: 'cat /proc/1/comm',
          mounts: 'cat /proc/self/mounts',
          memory: 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max',
          soft: 'cat /sys/fs/cgroup/memory/memory.soft_limit_in_bytes /sys/fs/cgroup/memory.low',
          shares: 'cat /sys/fs/cgroup/cpu/cpu.shares /sys/fs/cgroup/cpu.weight',
        }).slice(2),
      },
    ],
  },
};

const other: Scene = {
  definition: together([
    {
      name: 'swapping',
      memory: 64,
      linuxParameters: { maxSwap: 16, swappiness: 13 },
      command: facts({
        swap: 'cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes /sys/fs/cgroup/memory.swap.max',
        swappiness: 'cat /sys/fs/cgroup/memory/memory.swappiness',
      }),
    },
    {
      name: 'device',
      linuxParameters: {
        devices: [{ hostPath: '/dev/loop-control', containerPath: '/dev/other', permissions: ['read'] }],
      },
      command: facts({ read: 'true < /dev/other && echo read', write: '(true > /dev/other) && echo written' }),
    },
    {
      name: 'terminal',
      interactive: true,
      pseudoTerminal: true,
      command: facts({ tty: 'tty' }),
    },
    { name: 'open', interactive: true, command: facts({ in: 'readlink /proc/self/fd/0' }) },
    { name: 'closed', command: facts({ in: 'readlink /proc/self/fd/0' }) },
  ]),
};

const privileged: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [{ name: 'app', privileged: true, command: facts({ status: 'cat /proc/self/status' }) }],
  },
};

export const kernelRows: readonly Row[] = [
  row(container('cpu'), 'is the weight of the container’s cgroup', async ({ play }) => {
    const shares = await (await play(settings)).fact('app', 'shares');
    assert.match(shares, /^(300|12)$/m); // shares of cgroup v1, or the weight that v2 makes of them
  }),
  row(container('memory'), 'is the hard limit of the container’s cgroup', async ({ play }) => {
    assert.match(await (await play(settings)).fact('app', 'memory'), new RegExp(`^${64 * 1024 * 1024}$`, 'm'));
  }),
  row(container('memoryReservation'), 'is the soft limit of the container’s cgroup', async ({ play }) => {
    assert.match(await (await play(settings)).fact('app', 'soft'), new RegExp(`^${48 * 1024 * 1024}$`, 'm'));
  }),
  row(container('user'), 'is who the process is', async ({ play }) => {
    assert.equal(await (await play(settings)).fact('app', 'user'), '1234\n2345');
  }),
  row(container('workingDirectory'), 'is where it begins, made where missing', async ({ play }) => {
    assert.equal(await (await play(settings)).fact('app', 'directory'), '/made/for/work');
  }),
  row(container('entryPoint[]', 'command[]'), 'are what is run', async ({ play }) => {
    // A script alone is no program: without the entry point there were no facts at all.
    const [first, second, third, ...more] = (await (await play(settings)).fact('app', 'arguments')).split('\0');
    assert.deepEqual([first, second, more], ['sh', '-c', ['']]);
    assert.match(third ?? '', /\{ id -u; id -g\n\}/);
  }),
  row(container('hostname'), 'is the name of its host', async ({ play }) => {
    assert.equal(await (await play(settings)).fact('app', 'hostname'), 'facts-host');
  }),
  row(
    container('hostname', 'dnsServers[]', 'dnsSearchDomains[]', 'extraHosts[].hostname', 'extraHosts[].ipAddress'),
    'are refused in network mode awsvpc, each by name',
    async (stage) => {
      const refused = (member: object): Promise<string> =>
        stage.refusedRegistration({ networkMode: 'awsvpc', containerDefinitions: [{ name: 'app', ...member }] });
      assert.equal(
        await refused({ hostname: 'x' }),
        'ClientException: hostname is not supported on container when networkMode=awsvpc.',
      );
      assert.equal(
        await refused({ dnsServers: ['192.0.2.1'] }),
        'ClientException: DNS servers are not supported on container when networkMode=awsvpc.',
      );
      assert.equal(
        await refused({ dnsSearchDomains: ['x'] }),
        'ClientException: DNS search domains are not supported on container when networkMode=awsvpc.',
      );
      assert.equal(
        await refused({ extraHosts: [{ hostname: 'x', ipAddress: '192.0.2.1' }] }),
        'ClientException: Extra hosts are not supported on container when networkMode=awsvpc.',
      );
    },
  ),
  row(container('dnsServers[]', 'dnsSearchDomains[]'), 'are in its resolver’s settings', async ({ play }) => {
    const resolver = await (await play(settings)).fact('app', 'resolver');
    assert.match(resolver, /^nameserver 192\.0\.2\.53\nnameserver 192\.0\.2\.54$/m);
    assert.match(resolver, /^search corp\.example example$/m);
  }),
  row(container('extraHosts[].hostname', 'extraHosts[].ipAddress'), 'are in its hosts file', async ({ play }) => {
    assert.match(await (await play(settings)).fact('app', 'hosts'), /^192\.0\.2\.9\s+db\.example$/m);
  }),
  row(container('readonlyRootFilesystem'), 'lets nothing be written', async ({ play }) => {
    assert.match(await (await play(settings)).fact('app', 'root'), /Read-only file system/);
  }),
  row(container('dockerSecurityOptions[]'), 'no-new-privileges holds in the kernel', async ({ play }) => {
    assert.match(await (await play(settings)).fact('app', 'status'), /^NoNewPrivs:\t1$/m);
  }),
  row(container('dockerLabels'), 'are on the container, and never over ECS’s own', async ({ play }) => {
    const seen = await (await play(settings)).inspect('app');
    const labels = seen.Config.Labels;
    assert.equal(labels['com.example.team'], 'blue');
    assert.equal(labels['com.amazonaws.ecs.container-name'], 'app');
  }),
  row(
    container('ulimits[].name', 'ulimits[].softLimit', 'ulimits[].hardLimit'),
    'are the limits of the process',
    async ({ play }) => {
      const limits = await (await play(settings)).fact('app', 'limits');
      assert.match(limits, /^Max open files\s+333\s+444\s/m);
      assert.match(limits, /^Max core file size\s+0\s+0\s/m);
    },
  ),
  row(
    container('systemControls[].namespace', 'systemControls[].value'),
    'are set in the container’s name spaces',
    async ({ play }) => {
      const seen = await play(settings);
      assert.equal(await seen.fact('app', 'ports'), '20000\t21000');
      assert.equal(await seen.fact('app', 'message'), '9000');
    },
  ),
  row(container('linuxParameters.initProcessEnabled'), 'an init is the first process', async ({ play }) => {
    assert.match(await (await play(settings)).fact('app', 'first'), /^(docker-init|tini)$/);
  }),
  row(container('linuxParameters.sharedMemorySize'), 'is the size of /dev/shm', async ({ play }) => {
    assert.match(await (await play(settings)).fact('app', 'mounts'), /^shm \/dev\/shm tmpfs \S*size=7168k/m);
  }),
  row(
    container(
      'linuxParameters.tmpfs[].containerPath',
      'linuxParameters.tmpfs[].size',
      'linuxParameters.tmpfs[].mountOptions[]',
    ),
    'is a mount of that size and with those options',
    async ({ play }) => {
      const mounts = await (await play(settings)).fact('app', 'mounts');
      const [, options = ''] = /^tmpfs \/scratch tmpfs (\S+)/m.exec(mounts) ?? [];
      assert.ok(
        ['noexec', 'nosuid', 'size=5120k'].every((option) => options.split(',').includes(option)),
        mounts,
      );
    },
  ),
  row(
    container('linuxParameters.capabilities.add[]', 'linuxParameters.capabilities.drop[]'),
    'change what the process may do',
    async ({ play }) => {
      const status = await (await play(settings)).fact('app', 'status');
      const bounding = capabilitiesIn(status);
      const has = (bit: number): boolean => (bounding >> BigInt(bit)) % 2n === 1n;
      assert.deepEqual(
        { CHOWN: has(0), FOWNER: has(3), KILL: has(5), NET_ADMIN: has(12) },
        { CHOWN: false, FOWNER: true, KILL: false, NET_ADMIN: true },
      );
    },
  ),
  row(
    container(
      'linuxParameters.devices[].hostPath',
      'linuxParameters.devices[].containerPath',
      'linuxParameters.devices[].permissions[]',
    ),
    'give the host’s device under another name, to be read and not written',
    async ({ play }) => {
      const seen = await play(other);
      assert.equal(await seen.fact('device', 'read'), 'read');
      assert.match(await seen.fact('device', 'write'), /Operation not permitted|Permission denied/);
    },
  ),
  row(
    container('linuxParameters.maxSwap', 'linuxParameters.swappiness'),
    'are the swap limits of its cgroup, or what the engine says of a kernel without swap accounting',
    async ({ play }) => {
      const seen = await play(other);
      const swap = await seen.fact('swapping', 'swap');
      const limited = new RegExp(`^(${80 * 1024 * 1024}|${16 * 1024 * 1024})$`, 'm').test(swap);
      const asked = await seen.inspect('swapping');
      assert.ok(limited || asked.HostConfig.MemorySwap === -1, swap);
      const swappiness = await seen.fact('swapping', 'swappiness');
      assert.match(swappiness, /^13$|No such file/);
    },
  ),
  row(
    container('privileged'),
    'has all capabilities; where the host itself does not, the engine’s refusal is the reason',
    async ({ play }) => {
      const seen = await play(privileged);
      const bounding = capabilitiesIn(await readFile('/proc/self/status', 'utf8'));
      const last = Number(await readFile('/proc/sys/kernel/cap_last_cap', 'utf8'));
      const all = (1n << BigInt(last + 1)) - 1n;
      if (bounding === all) {
        assert.equal(capabilitiesIn(await seen.fact('app', 'status')), all);
      } else {
        assert.equal(seen.task.stopCode, 'TaskFailedToStart');
        assert.match(
          seen.task.stoppedReason ?? '',
          /^CannotStartContainerError: .*unable to apply caps: operation not permitted/,
        );
      }
    },
  ),
  row(
    [
      ...container(
        'resourceRequirements[].type',
        'resourceRequirements[].value',
        'resourceRequirements[].sharingStrategy',
      ),
      ...['type', 'value', 'sharingStrategy'].map(
        (member) => `overrides.containerOverrides[].resourceRequirements[].${member}`,
      ),
    ],
    'GPUs are for hosts that have them; shares of one are refused',
    async (stage) => {
      const containerDefinitions = [{ name: 'app', command: ['true'] }];
      const requiring = (requirement: object): Scene => ({
        definition: { containerDefinitions },
        run: { overrides: { containerOverrides: [{ name: 'app', resourceRequirements: [requirement] }] } },
      });
      // More than any host has.
      assert.equal(await stage.refusedRun(requiring({ type: 'GPU', value: '99' })), 'Failure: RESOURCE:GPU');
      const own = [{ name: 'app', resourceRequirements: [{ type: 'GPU', value: '99' }] }];
      assert.equal(await stage.refusedRun({ definition: { containerDefinitions: own } }), 'Failure: RESOURCE:GPU');
      assert.equal(
        await stage.refusedRun(requiring({ type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 1024 } } })),
        'ClientException: Longshore does not support running a task with overrides.containerOverrides[app].resourceRequirements yet.',
      );
    },
  ),
  row(container('interactive'), 'keeps standard input open', async ({ play }) => {
    const seen = await play(other);
    assert.match(await seen.fact('open', 'in'), /^pipe:/);
    assert.equal(await seen.fact('closed', 'in'), '/dev/null');
  }),
  row(container('pseudoTerminal'), 'gives it a terminal', async ({ play }) => {
    assert.match(await (await play(other)).fact('terminal', 'tty'), /^\/dev\/(pts\/\d+|console)$/);
  }),
];

/** The capabilities that a process can have at all, by bit. */
function capabilitiesIn(status: string): bigint {
  return BigInt(`0x${/^CapBnd:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
}
