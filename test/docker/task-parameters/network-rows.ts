// Network modes, ports, links and name spaces shared by a task or with the host.
import assert from 'node:assert/strict';
import { readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { DescribeTaskDefinitionResponse, NetworkBinding, Task } from '@aws-sdk/client-ecs';
import { eventually } from '../../running/eventually.ts';
import { container, type Definition, facts, row, type Row, type Scene } from './table.ts';

/** Answers each connection with a word. */
export function server(port: number, word: string, address = '0.0.0.0'): readonly string[] {
  const listen = `IO::Socket::INET->new(Listen => 5, LocalAddr => "${address}", LocalPort => ${port}, ReuseAddr => 1)`;
  return perl(`$s = ${listen} or die $!; while ($c = $s->accept) { print $c "${word}\\n"; close $c }`);
}

/** Asks until somebody answers, and prints what it said. */
export function client(host: string, port: number): string {
  const open = `IO::Socket::INET->new(PeerAddr => "${host}", PeerPort => ${port}, Timeout => 1)`;
  return `perl -MIO::Socket::INET -e 'for (1..200) { if ($c = ${open}) { print scalar <$c>; exit } select undef, undef, undef, 0.05 } die "nobody answers: $@"'`;
}

function perl(script: string): readonly string[] {
  return ['perl', '-MIO::Socket::INET', '-e', script];
}

const bridge: Scene = {
  definition: {
    networkMode: 'bridge',
    containerDefinitions: [
      {
        name: 'dynamic',
        portMappings: [{ name: 'web', containerPort: 8080, appProtocol: 'http2' }],
        command: server(8080, 'dynamic'),
      },
      {
        name: 'static',
        portMappings: [{ containerPort: 8080, hostPort: 18_431, protocol: 'tcp' }],
        command: server(8080, 'static'),
      },
      {
        name: 'datagrams',
        portMappings: [{ containerPort: 9090 }, { containerPort: 9090, protocol: 'udp' }],
        command: perl(
          '$s = IO::Socket::INET->new(Proto => "udp", LocalPort => 9090) or die $!; while ($s->recv($m, 99)) { $s->send("echo $m") }',
        ),
      },
      {
        name: 'linked',
        links: ['dynamic:the-server', 'static'],
        essential: false,
        command: facts({ alias: client('the-server', 8080), name: client('static', 8080) }),
      },
    ],
  },
  until: 'RUNNING',
};

const ranged: Scene = {
  definition: {
    networkMode: 'bridge',
    containerDefinitions: [
      {
        name: 'app',
        portMappings: [{ containerPortRange: '7000-7003' }, { containerPort: 8000 }],
        command: server(7002, 'ranged'),
      },
    ],
  },
  until: 'RUNNING',
};

const host: Scene = {
  definition: {
    networkMode: 'host',
    pidMode: 'host',
    ipcMode: 'host',
    containerDefinitions: [
      {
        name: 'app',
        portMappings: [{ containerPort: 18_432 }],
        command: facts(
          { net: 'readlink /proc/self/ns/net', pid: 'readlink /proc/self/ns/pid', ipc: 'readlink /proc/self/ns/ipc' },
          `exec perl -MIO::Socket::INET -e '${server(18_432, 'host')[3]}'`,
        ),
      },
    ],
  },
  until: 'RUNNING',
};

const none: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [{ name: 'app', command: facts({ devices: 'cat /proc/net/dev' }) }],
  },
};

const awsvpc: Scene = {
  definition: {
    networkMode: 'awsvpc',
    pidMode: 'task',
    ipcMode: 'task',
    containerDefinitions: [
      {
        name: 'app',
        portMappings: [{ containerPort: 8080 }, { containerPortRange: '7000-7003' }],
        systemControls: [{ namespace: 'net.ipv4.ip_local_port_range', value: '20000 21000' }],
        command: [
          'sh',
          '-c',
          `${server(8081, 'inside', '127.0.0.1')
            .map((word) => `'${word}'`)
            .join(' ')} & exec ${server(8080, 'outside')
            .map((word) => `'${word}'`)
            .join(' ')}`,
        ],
      },
      {
        name: 'neighbour',
        essential: false,
        dependsOn: [{ containerName: 'app', condition: 'START' }],
        command: facts({
          localhost: client('127.0.0.1', 8081),
          processes: 'cat /proc/[0-9]*/cmdline | tr "\\0" " "',
          ipc: 'readlink /proc/self/ns/ipc',
          ports: 'cat /proc/sys/net/ipv4/ip_local_port_range',
        }),
      },
      { name: 'third', essential: false, command: facts({ ipc: 'readlink /proc/self/ns/ipc' }) },
    ],
  },
  until: 'RUNNING',
};

const apart: Scene = {
  definition: {
    networkMode: 'bridge',
    ipcMode: 'none',
    containerDefinitions: [
      {
        name: 'app',
        disableNetworking: true,
        command: facts({
          devices: 'cat /proc/net/dev',
          shm: 'cat /proc/self/mounts',
          ipc: 'readlink /proc/self/ns/ipc',
        }),
      },
    ],
  },
};

export const networkRows: readonly Row[] = [
  row('networkMode', 'bridge: ports of the host lead to the container, and two tasks share none', async (stage) => {
    const first = bindingOf((await stage.play(ranged)).task, 'app', 8000);
    const second = bindingOf(await stage.reaches(await stage.start(ranged), 'RUNNING'), 'app', 8000);
    assert.notEqual(first.hostPort, second.hostPort);
  }),
  row('networkMode', 'host: the container has the host’s network, once per port', async (stage) => {
    const seen = await stage.play(host);
    assert.equal(await seen.fact('app', 'net'), await readlink('/proc/self/ns/net'));
    assert.equal(bindingOf(seen.task, 'app', 18_432).hostPort, 18_432);
    assert.equal(await ask('127.0.0.1', 18_432), 'host\n');
    assert.equal(await stage.refusedRun(host), 'Failure: RESOURCE:PORTS');
  }),
  row('networkMode', 'none: there is nothing but the loopback', async (stage) => {
    assert.deepEqual(devicesIn(await (await stage.play(none)).fact('app', 'devices')), ['lo']);
    const mapped: Definition = {
      networkMode: 'none',
      containerDefinitions: [{ name: 'app', portMappings: [{ containerPort: 80 }] }],
    };
    assert.equal(
      await stage.refusedRegistration(mapped),
      'ClientException: Port mappings are not supported when networkMode=none.',
    );
  }),
  row(
    'networkMode',
    'awsvpc: the containers share one localhost and one address that can be dialled',
    async ({ play }) => {
      const seen = await play(awsvpc);
      assert.equal(await seen.fact('neighbour', 'localhost'), 'inside');
      const [app] = seen.task.containers ?? [];
      assert.equal(await ask(String(app?.networkInterfaces?.[0]?.privateIpv4Address), 8080), 'outside\n');
    },
  ),
  row(container('portMappings[].containerPort'), 'without a host port gets a free one', async ({ play }) => {
    const binding = bindingOf((await play(bridge)).task, 'dynamic', 8080);
    assert.equal(binding.bindIP, '0.0.0.0');
    assert.equal(await ask('127.0.0.1', Number(binding.hostPort)), 'dynamic\n');
  }),
  row(container('portMappings[].hostPort'), 'is the port of the host, and occupies it', async (stage) => {
    assert.equal(bindingOf((await stage.play(bridge)).task, 'static', 8080).hostPort, 18_431);
    assert.equal(await ask('127.0.0.1', 18_431), 'static\n');
    assert.equal(await stage.refusedRun(bridge), 'Failure: RESOURCE:PORTS');
  }),
  row(container('portMappings[].protocol'), 'udp: datagrams arrive, also where TCP has the port', async ({ play }) => {
    const { task } = await play(bridge);
    const bindings = task.containers?.find(({ name }) => name === 'datagrams')?.networkBindings ?? [];
    assert.deepEqual(new Set(bindings.map(({ protocol }) => protocol)), new Set(['tcp', 'udp']));
    const binding = bindings.find(({ protocol }) => protocol === 'udp');
    assert.equal(await askByDatagram(Number(binding?.hostPort), 'hello'), 'echo hello');
  }),
  row(
    container('portMappings[].containerPortRange'),
    'bridge: as many ports of the host in a row, apart from another task’s',
    async (stage) => {
      const [first, second] = [
        (await stage.play(ranged)).task,
        await stage.reaches(await stage.start(ranged), 'RUNNING'),
      ].map(rangeOf);
      assert.equal(first?.containerPortRange, '7000-7003');
      const [[from, to], [other]] = [portsOf(first), portsOf(second)];
      assert.equal(to - from, 3);
      assert.ok(Math.abs(other - from) > 3, `${from} and ${other}`);
      assert.equal(await ask('127.0.0.1', from + 2), 'ranged\n');
      assert.equal(await ask('127.0.0.1', other + 2), 'ranged\n');
    },
  ),
  row(
    container('portMappings[].name', 'portMappings[].appProtocol'),
    'are checked and kept for Service Connect',
    async (stage) => {
      const refused = (mapping: object): Promise<string> =>
        stage.refusedRegistration({
          containerDefinitions: [{ name: 'app', portMappings: [{ containerPort: 80, ...mapping }] }],
        });
      assert.equal(
        await refused({ appProtocol: 'gopher' }),
        'InvalidParameterException: appProtocol should be one of [http,http2,grpc]',
      );
      assert.match(await refused({ name: 'Web' }), /^ClientException: The port mapping name 'Web' is not valid/);
      const { family } = await stage.play(bridge);
      const { taskDefinition } = await stage.client.call<DescribeTaskDefinitionResponse>(
        'ecs',
        'DescribeTaskDefinition',
        { taskDefinition: family },
      );
      const [kept] = taskDefinition?.containerDefinitions?.[0]?.portMappings ?? [];
      assert.deepEqual([kept?.name, kept?.appProtocol], ['web', 'http2']);
    },
  ),
  row(container('links[]'), 'are names of other containers', async ({ play }) => {
    const seen = await play(bridge);
    assert.equal(await seen.fact('linked', 'alias'), 'dynamic');
    assert.equal(await seen.fact('linked', 'name'), 'static');
  }),
  row(container('disableNetworking'), 'leaves nothing but the loopback', async ({ play }) => {
    assert.deepEqual(devicesIn(await (await play(apart)).fact('app', 'devices')), ['lo']);
  }),
  row('pidMode', 'task: the containers see each other’s processes; host: those of the host', async ({ play }) => {
    assert.match(await (await play(awsvpc)).fact('neighbour', 'processes'), /outside/);
    assert.equal(await (await play(host)).fact('app', 'pid'), await readlink('/proc/self/ns/pid'));
  }),
  row(
    'ipcMode',
    'task: the containers share one name space; host: the host’s; none: no shared memory at all',
    async ({ play }) => {
      const seen = await play(awsvpc);
      assert.equal(await seen.fact('neighbour', 'ipc'), await seen.fact('third', 'ipc'));
      assert.notEqual(await seen.fact('third', 'ipc'), await readlink('/proc/self/ns/ipc'));
      assert.equal(await (await play(host)).fact('app', 'ipc'), await readlink('/proc/self/ns/ipc'));
      const alone = await play(apart);
      assert.doesNotMatch(await alone.fact('app', 'shm'), / \/dev\/shm /);
      assert.notEqual(await alone.fact('app', 'ipc'), await readlink('/proc/self/ns/ipc'));
    },
  ),
  row(
    container('systemControls[].namespace'),
    'of the network hold for all containers of an awsvpc task',
    async ({ play }) => {
      assert.equal(await (await play(awsvpc)).fact('neighbour', 'ports'), '20000\t21000');
    },
  ),
];

function bindingOf(task: Task, name: string, port: number): NetworkBinding {
  const bindings = task.containers?.find((each) => each.name === name)?.networkBindings ?? [];
  const found = bindings.find((binding) => binding.containerPort === port);
  assert.ok(found, JSON.stringify(bindings));
  return found;
}

function rangeOf(task: Task | undefined): NetworkBinding | undefined {
  return task?.containers?.[0]?.networkBindings?.find((binding) => binding.hostPortRange !== undefined);
}

function portsOf(binding: NetworkBinding | undefined): readonly [first: number, last: number] {
  const [first = 0, last = 0] = (binding?.hostPortRange ?? '').split('-').map(Number);
  return [first, last];
}

function devicesIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(\S+):/gm)].map((match) => match[1] ?? '');
}

/** What is answered on a connection. A container that runs may yet have to listen. */
function ask(address: string, port: number): Promise<string> {
  return eventually(
    `an answer of ${address}:${port}`,
    () =>
      new Promise<string | undefined>((resolve) => {
        let answer = '';
        const socket = connect({ host: address, port, timeout: 2000 });
        socket.on('data', (data) => (answer += data.toString()));
        socket.on('timeout', () => socket.destroy());
        socket.on('error', () => undefined); // refused: asked again
        socket.on('close', () => resolve(answer === '' ? undefined : answer));
      }),
  );
}

function askByDatagram(port: number, text: string): Promise<string> {
  return eventually(`an answer to a datagram to ${port}`, async () => {
    const socket = createSocket('udp4');
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(1000) }).then(
      ([message]) => String(message),
      () => undefined,
    );
    socket.send(text, port, '127.0.0.1');
    const got = await answer;
    socket.close();
    return got;
  });
}
