// What a task must not reach: another task's credentials, the engine's socket, Longshore's own directories. Tried from inside.
import assert from 'node:assert/strict';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { host } from '../running/engine.ts';
import { Installation } from '../running/installation.ts';
import { createTaskRole, roleArn } from '../running/roles.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

/** Each line is one attempt and what came of it. */
const attempts = String.raw`
use IO::Socket::INET; use IO::Socket::UNIX; use Socket;
$| = 1;
sub told { my ($name, $value) = @_; $value =~ s/\s+/ /g; print "$name: $value\n" }
sub asked {
  my ($path) = @_;
  my $s = IO::Socket::INET->new(PeerAddr => "169.254.170.2", PeerPort => 80, Timeout => 5) or return;
  print $s "GET $path HTTP/1.0\r\nHost: 169.254.170.2\r\n\r\n";
  return $s;
}
sub answer { my ($s) = @_; return "no answer" if !$s; my $line = <$s>; return (split " ", $line)[1] }
sub status { return answer(asked(@_)) }
told("own", status($ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} || "/none"));
told("none", status("/v2/credentials/"));
told("wrong", status("/v2/credentials/01234567-89ab-cdef-0123-456789abcdef"));
told("by task", status("/v2/credentials/$ENV{VICTIM}"));
told("first version", status("/v1/credentials?id=$ENV{VICTIM}"));
told("up the path", status("/v2/credentials/../../etc/passwd"));
# All are asked before the first is answered: one after another on a slow machine they would not be too many a second.
my %seen; $seen{answer($_)}++ for map { scalar asked("/v2/credentials/guess$_") } 1 .. 300;
told("guesses", join " ", sort keys %seen);
for my $path ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock") {
  told("socket $path", IO::Socket::UNIX->new(Peer => $path) ? "connected" : -e $path ? "refused" : "not there");
}
for my $port (split " ", $ENV{PORTS}) {
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
  let installation: Installation;
  let subnets: readonly string[] = [];
  let victim = '';
  let families = 0;
  /** Where an engine or an agent would listen, but for what this machine had there before. */
  let ports: readonly number[] = [];

  before(async () => {
    await ensureFactsImage();
    const taken = await listenedOn();
    ports = [2375, 2376, 51678].filter((port) => !taken.has(port));
    installation = await Installation.start('isolation');
    await createTaskRole(installation, 'app');
    subnets = await installation.subnets();
    victim = await run('bridge', ['sleep', '1000']);
    await installation.reaches(victim, 'RUNNING');
  });

  after(async () => {
    await installation?.stopTasks();
    await installation?.end();
  });

  async function run(networkMode: string, command: readonly string[], variables: object = {}): Promise<string> {
    const definition = {
      family: `isolation-${(families += 1)}`,
      networkMode,
      taskRoleArn: roleArn('app'),
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
    };
    const networkConfiguration = { awsvpcConfiguration: { subnets: [...subnets] } };
    return await installation.run(definition, networkMode === 'awsvpc' ? { networkConfiguration } : {});
  }

  const ownDirectories = (): readonly string[] => [
    installation.server.dataDirectory,
    installation.agentDirectory,
    '/run/longshore',
    '/var/lib/docker',
  ];

  for (const networkMode of ['bridge', 'host', 'awsvpc', 'none']) {
    test(`of network mode ${networkMode} reaches its own credentials at most`, async () => {
      const hostAddresses = (await host('hostname', '-I')).trim();
      const arn = await run(networkMode, ['perl', '-e', attempts], {
        VICTIM: victim.slice(victim.lastIndexOf('/') + 1),
        HOST_ADDRESSES: hostAddresses,
        PORTS: ports.join(' '),
        DIRECTORIES: ownDirectories().join(' '),
      });
      const stopped = await installation.reaches(arn, 'STOPPED');
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
    for (const path of [installation.server.dataDirectory, installation.agentDirectory]) {
      assert.equal((await lstat(path)).mode & 0o077, 0, `${path} is its owner's alone`);
      assert.notDeepEqual(await readdir(path), []);
    }
    const arn = await installation.run({
      family: 'mounted',
      volumes: [{ name: 'data', host: { sourcePath: installation.server.dataDirectory } }],
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
    const stopped = await installation.reaches(arn, 'STOPPED');
    const output = await outputOf(stopped.containers?.[0]?.runtimeId ?? '');
    assert.match(output, /Permission denied\s+tried\s*$/);
  });
});

/** The TCP ports on which anybody listens on this machine, by the kernel's tables. */
async function listenedOn(): Promise<ReadonlySet<number>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const listening = tables.join('\n').matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A /gm);
  return new Set([...listening].map(([, port = '']) => Number.parseInt(port, 16)));
}
