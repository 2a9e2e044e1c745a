// Security groups on the real engine: who may talk to whom, tried with real sockets between real tasks.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AuthorizeSecurityGroupIngressCommand,
  AuthorizeSecurityGroupEgressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { AwsVpcConfiguration, Task } from '@aws-sdk/client-ecs';
import { agentLabel, networkNameOf } from '../../src/agent/docker-config.ts';
import type { Client } from '../running/cluster.ts';
import { containersOf, host } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';
import { server as answering } from './task-parameters/network-rows.ts';
import { ensureFactsImage, factsImage } from './task-parameters/stage.ts';

/** What "within a second" of the issue is: from the answer of the call to the effect on a socket. */
const effectWithinMs = 1000;

const zone = 'us-east-1a';
/** Of the second subnet that the tests make. */
const secondBlock = '172.31.240.0/24';

interface Running {
  readonly arn: string;
  readonly address: string;
  readonly containerId: string;
}

describe('security groups', () => {
  let installation: Installation;
  let client: Client;
  let ec2: EC2Client;
  let subnetIds: readonly string[] = [];
  let anyArn = '';
  const groups = { web: '', client: '', stranger: '', mirror: '' };

  before(async () => {
    await ensureFactsImage();
    installation = await Installation.start('groups', {
      agentArguments: ['--attribute', `ecs.availability-zone=${zone}`],
      agentEnvironment: {
        ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
        LONGSHORE_WARM_SANDBOXES: '2', // the rules hold in those as well
        LONGSHORE_SECURITY_GROUPS: 'enforced',
      },
    });
    ({ client } = installation);
    ec2 = new EC2Client(installation.sdk);
    subnetIds = await installation.subnets();
    for (const name of ['web', 'client', 'stranger', 'mirror'] as const) {
      const made = await ec2.send(
        new CreateSecurityGroupCommand({
          GroupName: name,
          Description: name,
        }),
      );
      groups[name] = made.GroupId ?? '';
    }
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'socket',
      networkMode: 'awsvpc',
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          memory: 64,
          stopTimeout: 2,
          command: [
            'sh',
            '-c',
            [8080, 8081].map((port) => `${quoted(answering(port, 'hello'))} &`).join(' ') + ' wait',
          ],
        },
      ],
    });
  });
  after(async () => {
    const agentId = (await containersOf(anyArn))[0]?.Labels[agentLabel] ?? '';
    await installation?.stopTasks();
    // No task is left, so no rules are.
    await eventually(
      'no table of the agent',
      async () => !(await host('nft', 'list', 'tables')).includes(`longshore-${agentId}`),
    );
    ec2?.destroy();
    await installation?.end();
    await host('docker', 'network', 'rm', networkNameOf(secondBlock));
  });

  async function run(securityGroups: readonly string[], subnets = subnetIds): Promise<Running> {
    return ran('socket', {
      subnets: [...subnets],
      ...(securityGroups.length > 0 && { securityGroups: [...securityGroups] }),
    });
  }

  async function ran(taskDefinition: string, awsvpcConfiguration?: AwsVpcConfiguration): Promise<Running> {
    const arn = await installation.launch({
      taskDefinition,
      ...(awsvpcConfiguration && { networkConfiguration: { awsvpcConfiguration } }),
    });
    anyArn = arn;
    const task = await installation.reaches(arn, 'RUNNING');
    return { arn, address: addressOf(task), containerId: task.containers?.[0]?.runtimeId ?? '' };
  }

  /** One attempt from inside a task: what the other end says, or that nobody answered in time. */
  async function ask(from: Running, address: string, port: number, timeoutSeconds = 1): Promise<string> {
    const open = `IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => ${timeoutSeconds})`;
    const script = `if ($c = ${open}) { print scalar <$c> } else { print "no answer" }`;
    return (await host('docker', 'exec', from.containerId, 'perl', '-MIO::Socket::INET', '-e', script)).trim();
  }

  /** Asks again and again until the answer is this one; fails where it takes longer than the limit. */
  async function becomes(wanted: string, from: Running, to: Running, port: number): Promise<void> {
    const started = performance.now();
    for (;;) {
      const asked = performance.now() - started;
      // Every attempt is a new connection: what was open before a change may stay open, as on AWS.
      if ((await ask(from, to.address, port, 0.3)) === wanted) return;
      assert.ok(asked < effectWithinMs, `not '${wanted}' ${asked} ms after the call`);
    }
  }

  const fromGroup = (groupId: string, port: number): IpPermission[] => [
    { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId: groupId }] },
  ];

  test('a group without rules lets nobody in, and one that a rule names gets in within a second, by that port alone', async () => {
    const web = await run([groups.web]);
    await eventually('the server', async () => await dial(web.address, 8080));
    const [member, stranger] = await Promise.all([run([groups.client]), run([groups.stranger])]);
    assert.equal(await ask(member, web.address, 8080), 'no answer');
    assert.equal(await ask(stranger, web.address, 8080), 'no answer');

    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groups.web,
        IpPermissions: fromGroup(groups.client, 8080),
      }),
    );
    await becomes('hello', member, web, 8080);
    assert.equal(await ask(member, web.address, 8081), 'no answer', 'another port');
    assert.equal(await ask(stranger, web.address, 8080), 'no answer', 'another group');

    // One who comes to the group later is let in as well.
    const late = await run([groups.stranger, groups.client]);
    assert.equal(await ask(late, web.address, 8080), 'hello');
    // The group that is let in has no rule of its own that would let the other side begin.
    assert.equal(await ask(web, member.address, 8080), 'no answer');

    await ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: groups.web,
        IpPermissions: fromGroup(groups.client, 8080),
      }),
    );
    await becomes('no answer', member, web, 8080);
    assert.equal(await ask(late, web.address, 8080), 'no answer');
  });

  test('ingress by CIDR lets in whoever has an address in it', async () => {
    const [web, near] = await Promise.all([run([groups.web]), run([groups.stranger])]);
    const permissions = [
      { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: `${near.address}/32` }] },
    ];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groups.web, IpPermissions: permissions }));
    await becomes('hello', near, web, 8080);
    const far = await run([groups.stranger]);
    assert.equal(await ask(far, web.address, 8080), 'no answer');
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groups.web, IpPermissions: permissions }));
  });

  test('egress is what the rules say, and the task still reaches its host and its credentials', async () => {
    const everywhere = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    const ingress = [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8081, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groups.web, IpPermissions: ingress }));
    const [web, sender] = await Promise.all([run([groups.web]), run([groups.stranger])]);
    await becomes('hello', sender, web, 8080);

    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: groups.stranger, IpPermissions: everywhere }));
    await becomes('no answer', sender, web, 8080);
    const narrow = [{ IpProtocol: 'tcp', FromPort: 8081, ToPort: 8081, IpRanges: [{ CidrIp: '172.31.0.0/16' }] }];
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: groups.stranger, IpPermissions: narrow }));
    await becomes('hello', sender, web, 8081);
    assert.equal(await ask(sender, web.address, 8080), 'no answer');

    const metadata = await host(
      'docker',
      'exec',
      sender.containerId,
      'sh',
      '-c',
      'echo "$ECS_CONTAINER_METADATA_URI_V4"',
    );
    assert.match(await get(sender, metadata.trim()), /"DockerId"/);
    assert.ok(await dial(sender.address, 8080), 'the host may dial a task that lets nobody in');
  });

  test('members of the default group talk to each other and to nobody else', async () => {
    const [one, other, stranger] = [await run([]), await run([]), await run([groups.client])];
    await becomes('hello', one, other, 8080);
    assert.equal(await ask(stranger, one.address, 8080), 'no answer');
  });

  test('tasks in two subnets of a VPC dial each other as themselves, tasks in bridge mode dial both, and groups decide', async () => {
    const whoAsks = 'while ($c = $s->accept) { print $c $c->peerhost; close $c }';
    const listen = 'IO::Socket::INET->new(Listen => 5, LocalPort => 8080, ReuseAddr => 1)';
    const app = { name: 'app', image: factsImage, memory: 64, stopTimeout: 2 };
    const command = ['perl', '-MIO::Socket::INET', '-e', `$s = ${listen} or die $!; ${whoAsks}`];
    for (const [family, networkMode] of [
      ['mirror', 'awsvpc'],
      ['bridge', 'bridge'],
    ] as const) {
      const containerDefinitions = [{ ...app, command }];
      await client.call('ecs', 'RegisterTaskDefinition', { family, networkMode, containerDefinitions });
    }
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const first = Subnets.find(({ AvailabilityZone }) => AvailabilityZone === zone);
    const near = await ec2.send(
      new CreateSubnetCommand({ VpcId: first?.VpcId, AvailabilityZone: zone, CidrBlock: secondBlock }),
    );
    const second = near.Subnet?.SubnetId ?? '';
    const [mirror, other, stranger, bridge] = await Promise.all([
      ran('mirror', { subnets: [first?.SubnetId ?? ''], securityGroups: [groups.mirror] }),
      run([groups.client], [second]),
      run([groups.stranger], [second]),
      ran('bridge'),
    ]);
    const open = (UserIdGroupPairs: { GroupId: string }[], IpRanges: { CidrIp: string }[]): IpPermission[] => [
      { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, UserIdGroupPairs, IpRanges },
    ];
    const allow = async (IpPermissions: IpPermission[]): Promise<unknown> =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groups.mirror, IpPermissions }));
    const answer = (wanted: string, from: Running): Promise<true> =>
      eventually(`${wanted} for ${from.address}`, async () =>
        (await ask(from, mirror.address, 8080)) === wanted ? true : undefined,
      );
    await answer('no answer', other);
    await allow(open([{ GroupId: groups.client }], []));
    await answer(other.address, other);
    assert.equal(await ask(stranger, mirror.address, 8080), 'no answer');
    assert.equal(await ask(bridge, mirror.address, 8080), 'no answer');
    await allow(open([], [{ CidrIp: '172.17.0.0/16' }]));
    await answer(first?.CidrBlock?.replace(/0\/.*/, '1') ?? '', bridge); // behind the network's own address
  });

  test('hold for an agent that is told not to enforce them no more, until it is told to again', async () => {
    const [web, stranger] = await Promise.all([run([groups.web]), run([groups.stranger])]);
    await eventually('the server', async () => await dial(web.address, 8080));
    const passes = (): Promise<string> => ask(stranger, web.address, 8080);
    assert.equal(await passes(), 'no answer');
    for (const [word, answer] of [
      ['off', 'hello'],
      ['enforced', 'no answer'],
    ] as const) {
      await installation.agent.end('SIGTERM');
      installation.startAgent({ LONGSHORE_SECURITY_GROUPS: word });
      await eventually(`'${answer}' with security groups ${word}`, async () => (await passes()) === answer);
    }
  });

  async function get(from: Running, url: string): Promise<string> {
    const { hostname, port, pathname } = new URL(url);
    const open = `IO::Socket::INET->new(PeerAddr => "${hostname}", PeerPort => ${port || 80}, Timeout => 2)`;
    const script = `$c = ${open} or die "no answer"; print $c "GET ${pathname} HTTP/1.0\\r\\n\\r\\n"; print while <$c>`;
    return await host('docker', 'exec', from.containerId, 'perl', '-MIO::Socket::INET', '-e', script);
  }
});

function addressOf(task: Task): string {
  const details = task.attachments?.[0]?.details ?? [];
  return details.find(({ name }) => name === 'privateIPv4Address')?.value ?? '';
}

/** From this machine itself. */
async function dial(address: string, port: number): Promise<boolean> {
  const script = `exit(IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => 1) ? 0 : 1)`;
  return host('perl', '-MIO::Socket::INET', '-e', script).then(
    () => true,
    () => false,
  );
}

function quoted(command: readonly string[]): string {
  return command.map((word) => `'${word}'`).join(' ');
}
