// What a task must not reach: another task's credentials, the engine's socket, Longshore's own directories. Tried from inside.
import assert from 'node:assert/strict';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { RunTaskResponse } from '@aws-sdk/client-ecs';
import { awsCli, createTaskRole } from '../running/aws-cli.ts';
import { type Client, clientOf, connectedInstance, taskReaches } from '../running/cluster.ts';
import { host, removeContainersOf } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
  testKeys,
} from '../running/server.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

/** Each line is one attempt and what came of it. */
const attempts = String.raw`
use IO::Socket::INET; use IO::Socket::UNIX; use Socket;
$| = 1;
sub told { my ($name, $value) = @_; $value =~ s/\s+/ /g; print "$name: $value\n" }
sub status {
  my ($path) = @_;
  my $s = IO::Socket::INET->new(PeerAddr => "169.254.170.2", PeerPort => 80, Timeout => 5) or return "no answer";
  print $s "GET $path HTTP/1.0\r\nHost: 169.254.170.2\r\n\r\n";
  my $line = <$s>; return (split " ", $line)[1];
}
told("own", status($ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} || "/none"));
told("none", status("/v2/credentials/"));
told("wrong", status("/v2/credentials/01234567-89ab-cdef-0123-456789abcdef"));
told("by task", status("/v2/credentials/$ENV{VICTIM}"));
told("first version", status("/v1/credentials?id=$ENV{VICTIM}"));
told("up the path", status("/v2/credentials/../../etc/passwd"));
my %seen; $seen{status("/v2/credentials/guess$_")}++ for 1 .. 120;
told("guesses", join " ", sort keys %seen);
for my $path ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock") {
  told("socket $path", IO::Socket::UNIX->new(Peer => $path) ? "connected" : -e $path ? "refused" : "not there");
}
for my $port (2375, 2376, 51678) {
  for my $address ("127.0.0.1", "169.254.170.2", split " ", $ENV{HOST_ADDRESSES}) {
    told("engine $address:$port", IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 1) ? "connected" : "closed");
  }
}
told("directory $_", -e $_ ? "there" : "not there") for split " ", $ENV{DIRECTORIES};
my @others;
for my $file (glob "/proc/[0-9]*/environ") {
  open my $f, "<", $file or next; local $/; my $text = <$f>;
  push @others, $1 if $text =~ m{RELATIVE_URI=(\S+?)\0} && $1 ne $ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI};
}
told("variables of others", scalar @others);
told("device", -b "/dev/vda" || -b "/dev/sda" || -e "/dev/mem" ? "there" : "not there");
told("end", "");
`;

describe('a task without privileges', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let agent: LongshoreProcess;
  let client: Client;
  let subnets: readonly string[] = [];
  let victim = '';
  const started: string[] = [];

  before(async () => {
    await ensureFactsImage();
    directory = await temporaryDirectory();
    server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
    client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: 'default' });
    await awsCli(server)(...createTaskRole('app'));
    agent = startLongshore(['agent', '--data-dir', join(directory.path, 'agent')], server.environment);
    await connectedInstance(client, 'default');
    const ec2 = new EC2Client({ endpoint: server.endpoint, region: 'us-east-1', credentials: testKeys });
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    ec2.destroy();
    subnets = Subnets.map(({ SubnetId = '' }) => SubnetId);
    victim = await run('bridge', ['sleep', '1000']);
    await taskReaches(client, 'default', victim, 'RUNNING');
  });

  after(async () => {
    await Promise.all(started.map((task) => client.call('ecs', 'StopTask', { task })));
    await Promise.all(
      started.map((task) => eventually(`the end of ${task}`, () => taskReaches(client, 'default', task, 'STOPPED'))),
    );
    await agent?.end('SIGTERM');
    await server?.stop();
    await removeContainersOf(started);
    await directory?.remove();
  });

  async function run(networkMode: string, command: readonly string[], variables: object = {}): Promise<string> {
    const family = `isolation-${started.length}`;
    await client.call('ecs', 'RegisterTaskDefinition', {
      family,
      networkMode,
      taskRoleArn: 'arn:aws:iam::000000000000:role/app',
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          memory: 64,
          stopTimeout: 2,
          command,
          environment: Object.entries(variables).map(([name, value]) => ({ name, value: String(value) })),
        },
      ],
    });
    const { tasks = [], failures } = await client.call<RunTaskResponse>('ecs', 'RunTask', {
      taskDefinition: family,
      ...(networkMode === 'awsvpc' && { networkConfiguration: { awsvpcConfiguration: { subnets } } }),
    });
    const arn = tasks[0]?.taskArn;
    assert.ok(arn, JSON.stringify(failures));
    started.push(arn);
    return arn;
  }

  const ownDirectories = (): readonly string[] => [
    join(directory.path, 'server'),
    join(directory.path, 'agent'),
    '/run/longshore',
    '/var/lib/docker',
  ];

  for (const networkMode of ['bridge', 'host', 'awsvpc', 'none']) {
    test(`of network mode ${networkMode} reaches its own credentials at most`, async () => {
      const hostAddresses = (await host('hostname', '-I')).trim();
      const arn = await run(networkMode, ['perl', '-e', attempts], {
        VICTIM: victim.slice(victim.lastIndexOf('/') + 1),
        HOST_ADDRESSES: hostAddresses,
        DIRECTORIES: ownDirectories().join(' '),
      });
      const stopped = await eventually(`the end of ${arn}`, () => taskReaches(client, 'default', arn, 'STOPPED'));
      const output = await outputOf(stopped.containers?.[0]?.runtimeId ?? '');
      const told = new Map(output.split('\n').map((line) => [line.split(': ')[0] ?? '', line.split(': ')[1] ?? '']));
      assert.ok(told.has('end'), output);
      const isReached = networkMode !== 'none';
      assert.equal(told.get('own'), isReached ? '200' : 'no answer');
      for (const name of ['none', 'wrong', 'by task', 'first version', 'up the path']) {
        assert.match(told.get(name) ?? '', isReached ? /^40[034]$/ : /^no answer$/, `${name}: ${output}`);
      }
      assert.equal(told.get('guesses'), isReached ? '400 429' : 'no answer');
      assert.equal(told.get('variables of others'), '0');
      assert.equal(told.get('device'), 'not there');
      for (const [name, value] of told) {
        if (name.startsWith('socket ') || name.startsWith('directory ')) assert.equal(value, 'not there', name);
        if (name.startsWith('engine ')) assert.equal(value, 'closed', name);
      }
    });
  }

  test('that is given the directories by a volume does not read them as another user than their owner', async () => {
    for (const path of [join(directory.path, 'server'), join(directory.path, 'agent')]) {
      assert.equal((await lstat(path)).mode & 0o077, 0, `${path} is its owner's alone`);
      assert.notDeepEqual(await readdir(path), []);
    }
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'mounted',
      volumes: [{ name: 'data', host: { sourcePath: join(directory.path, 'server') } }],
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          memory: 64,
          user: '12345',
          command: ['sh', '-c', 'ls /data 2>&1; echo tried'],
          mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: true }],
        },
      ],
    });
    const { tasks = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', { taskDefinition: 'mounted' });
    const arn = tasks[0]?.taskArn ?? '';
    started.push(arn);
    const stopped = await eventually(`the end of ${arn}`, () => taskReaches(client, 'default', arn, 'STOPPED'));
    const output = await outputOf(stopped.containers?.[0]?.runtimeId ?? '');
    assert.match(output, /Permission denied\s+tried\s*$/);
  });
});
