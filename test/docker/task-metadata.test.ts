// What a task is told of itself at 169.254.170.2, on the real engine, in each network mode: member by member as the stock
// agent (EC2) and AWS's guide (Fargate) have them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../running/eventually.ts';
import { createTaskRole, roleArn } from '../running/roles.ts';
import { Installation } from '../running/installation.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

const paths = {
  container: '$v4',
  task: '$v4/task',
  tagged: '$v4/taskWithTags',
  stats: '$v4/stats',
  'task stats': '$v4/task/stats',
  'third container': '$v3',
  'third task': '$v3/task',
  'third tagged': '$v3/taskWithTags',
  'third stats': '$v3/stats',
  'third task stats': '$v3/task/stats',
  'second task': '/v2/metadata',
  'second stats': '/v2/stats',
  protection: '$api/task-protection/v1/state',
};

const asking = `
use IO::Socket::INET; $| = 1;
my %of = (v4 => $ENV{ECS_CONTAINER_METADATA_URI_V4}, v3 => $ENV{ECS_CONTAINER_METADATA_URI}, api => $ENV{ECS_AGENT_URI});
s{^http://[^/]+}{} for values %of;
sub get {
  my $s = IO::Socket::INET->new(PeerAddr => "169.254.170.2", PeerPort => 80, Timeout => 5) or return "000 ";
  print $s "GET $_[0] HTTP/1.0\\r\\nHost: 169.254.170.2\\r\\n\\r\\n"; local $/; my $all = <$s>;
  my ($head, $body) = split /\\r\\n\\r\\n/, $all, 2; return ((split " ", $head)[1]) . " $body";
}
get($of{v4} . "/stats"); select undef, undef, undef, 1.2;
${Object.entries(paths)
  .map(([name, path]) => `print "${name}\\t", get("${path.replace(/^\$(v4|v3|api)/, '$of{$1}')}"), "\\n";`)
  .join('\n')}
print "end\\t200 {}\\n"; sleep 1000;
`;

type Told = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe('a task is told of itself', { concurrency: true }, () => {
  let installation: Installation;
  let subnets: readonly string[] = [];

  before(async () => {
    await ensureFactsImage();
    installation = await Installation.start('metadata', { hasFargatePool: true });
    await createTaskRole(installation, 'metadata', [{ Effect: 'Allow', Action: 'ecs:*', Resource: '*' }]);
    subnets = await installation.subnets();
  });

  after(async () => {
    await installation?.stopTasks();
    await installation?.end();
  });

  async function ask(networkMode: string, launchType: 'EC2' | 'FARGATE') {
    const taskArn = await installation.run(
      {
        family: `metadata-${networkMode}-${launchType}`,
        networkMode,
        taskRoleArn: roleArn('metadata'),
        ...(launchType === 'FARGATE' && {
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          ephemeralStorage: { sizeInGiB: 21 },
        }),
        containerDefinitions: [
          {
            name: 'app',
            image: factsImage,
            ...(launchType === 'EC2' && { memory: 64, cpu: 10 }),
            stopTimeout: 2,
            portMappings: [{ containerPort: 18_439 }],
            command: ['perl', '-e', asking],
            dockerLabels: { team: 'blue' },
          },
        ],
      },
      {
        launchType,
        tags: [{ key: 'team', value: 'blue' }],
        ...(networkMode === 'awsvpc' && { networkConfiguration: { awsvpcConfiguration: { subnets: [...subnets] } } }),
      },
    );
    const task = await installation.reaches(taskArn, 'RUNNING');
    const [container] = task.containers ?? [];
    const output = await eventually('all answers', async () => {
      const text = await outputOf(container?.runtimeId ?? '');
      return text.includes('\nend\t') ? text : undefined;
    });
    const lines = output.split('\n').flatMap((line) => {
      const [, name, status, body = ''] = /^([a-z ]+)\t(\d+) (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, status: Number(status), body }];
    });
    const told: Told = Object.fromEntries(lines.map(({ name, body }) => [name, JSON.parse(body)]));
    const statuses = Object.fromEntries(lines.map(({ name, status }) => [name, status]));
    return { task, container, told, statuses };
  }

  for (const [networkMode, launchType] of [
    ['bridge', 'EC2'],
    ['host', 'EC2'],
    ['awsvpc', 'EC2'],
    ['awsvpc', 'FARGATE'],
  ] as const) {
    test(`in network mode ${networkMode} on ${launchType}`, async () => {
      const { task, container, told, statuses } = await ask(networkMode, launchType);
      const isAwsvpc = networkMode === 'awsvpc';
      const isFargate = launchType === 'FARGATE';
      const ofSecond = ['second task', 'second stats'];
      for (const [name, status] of Object.entries(statuses)) {
        if (ofSecond.includes(name) && !isAwsvpc) assert.ok(status >= 400 && status < 500, `${name}: ${status}`);
        else assert.equal(status, 200, name);
      }

      const containerMembers = [
        'DockerId',
        'Name',
        'DockerName',
        'Image',
        'ImageID',
        'Labels',
        'DesiredStatus',
        'KnownStatus',
        'Limits',
        'CreatedAt',
        'StartedAt',
        'Type',
        'Networks',
      ];
      const inFourth = ['ContainerARN', ...(isFargate ? ['Snapshotter'] : [])];
      const ports = networkMode === 'bridge' || networkMode === 'host' ? ['Ports'] : [];
      assert.deepEqual(membersOf(told['container']), sorted([...containerMembers, ...inFourth, ...ports]));
      assert.deepEqual(
        membersOf(told['third container']),
        sorted([...containerMembers, ...(isAwsvpc ? ['Ports'] : ports)]),
      );

      const one = told['container'] ?? {};
      assert.equal(one['DockerId'], container?.runtimeId);
      assert.equal(one['ContainerARN'], container?.containerArn);
      assert.equal(one['KnownStatus'], 'RUNNING');
      assert.equal(one['Type'], 'NORMAL');
      assert.deepEqual(one['Limits'], isFargate ? { CPU: 2 } : { CPU: 10, Memory: 64 });
      const labels = one['Labels'] as Readonly<Record<string, string>>;
      assert.equal(labels['com.amazonaws.ecs.task-arn'], task.taskArn);
      assert.equal(labels['team'], 'blue');
      const [network] = one['Networks'] as readonly Readonly<Record<string, unknown>>[];
      assert.equal(network?.['NetworkMode'], networkMode);
      const [address = ''] = (network['IPv4Addresses'] ?? []) as readonly string[];
      if (isAwsvpc) {
        assert.equal(address, container?.networkInterfaces?.[0]?.privateIpv4Address);
        assert.deepEqual(membersOf(network), [
          'AttachmentIndex',
          'IPv4Addresses',
          'IPv4SubnetCIDRBlock',
          'MACAddress',
          'NetworkMode',
          'PrivateDNSName',
          'SubnetGatewayIpv4Address',
        ]);
        assert.match(String(network['SubnetGatewayIpv4Address']), /^[\d.]+\/\d+$/);
        assert.deepEqual(told['third container']?.['Networks'], [{ NetworkMode: 'awsvpc', IPv4Addresses: [address] }]);
      } else {
        assert.match(address, networkMode === 'host' ? /^$/ : /^\d+\.\d+\.\d+\.\d+$/);
        const binding = (one['Ports'] as readonly Readonly<Record<string, unknown>>[])[0];
        assert.equal(binding?.['HostPort'], container?.networkBindings?.[0]?.hostPort);
      }

      const taskMembers = ['Cluster', 'TaskARN', 'Family', 'Revision', 'DesiredStatus', 'KnownStatus', 'Containers'];
      const common = [...taskMembers, 'AvailabilityZone', ...(isFargate ? ['Limits'] : [])];
      const more = [
        'LaunchType',
        'Group',
        'FaultInjectionEnabled',
        'AvailabilityZoneID',
        ...(isAwsvpc ? ['VPCID'] : []),
      ];
      const ofFargate = isFargate ? ['ClockDrift', ...(hasStorage() ? ['EphemeralStorageMetrics'] : [])] : [];
      const whole = told['task'] ?? {};
      assert.deepEqual(withoutPull(whole), sorted([...common, ...more, ...ofFargate]));
      assert.deepEqual(withoutPull(told['third task']), sorted(common));
      if (isAwsvpc) assert.deepEqual(told['second task'], told['third task']);
      assert.equal(whole['LaunchType'], launchType);
      assert.match(String(whole['AvailabilityZoneID']), /^use1-az[12]$/);
      if (isFargate) assert.deepEqual(whole['Limits'], { CPU: 0.25, Memory: 512 });
      assert.deepEqual(told['tagged']?.['TaskTags'], { team: 'blue' });
      assert.deepEqual(told['third tagged']?.['TaskTags'], { team: 'blue' });
      assert.equal('Errors' in (told['third tagged'] ?? {}), false);

      for (const name of ['stats', 'third stats']) {
        const { cpu_stats: cpu, memory_stats: memory } = told[name] ?? {};
        assert.ok(Number((cpu as { readonly cpu_usage: { readonly total_usage: number } }).cpu_usage.total_usage) > 0);
        assert.ok(Number((memory as { readonly usage: number }).usage) > 0);
      }
      assert.equal('network_rate_stats' in (told['stats'] ?? {}), true);
      assert.equal('network_rate_stats' in (told['third stats'] ?? {}), false);
      for (const name of ['task stats', 'third task stats']) {
        assert.deepEqual(Object.keys(told[name] ?? {}), [container?.runtimeId], name);
      }
      // A task of no service cannot be protected, which is ECS's answer and no error of the endpoint.
      assert.deepEqual(membersOf(told['protection']), ['failure']);
    });
  }
});

function sorted(names: readonly string[]): readonly string[] {
  return names.toSorted();
}

function membersOf(value: object | undefined): readonly string[] {
  return sorted(Object.keys(value ?? {}));
}

/** Whether the image was pulled for it depends on who ran before. */
function withoutPull(task: object | undefined): readonly string[] {
  return membersOf(task).filter((name) => !/^Pull(Started|Stopped)At$/.test(name));
}

function hasStorage(): boolean {
  return process.getuid?.() === 0;
}
