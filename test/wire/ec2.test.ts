// EC2 as the SDK's own client sees it: the default VPC, networks of one's own, security groups and their rules.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { openControlPlane } from './control-plane.ts';
import { sdkConfig } from './sdk-handler.ts';

describe('EC2 by the SDK', () => {
  let plane: Awaited<ReturnType<typeof openControlPlane>>;
  let ec2: EC2Client;

  before(async () => {
    plane = await openControlPlane();
    ec2 = new EC2Client(sdkConfig(plane.handler));
  });
  after(() => plane.close());

  async function newGroup(name: string): Promise<string> {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name }));
    return made.GroupId ?? '';
  }

  async function shown(groupId: string) {
    const { SecurityGroups: [group] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
    assert.ok(group);
    return group;
  }

  const named = (code: string): { readonly name: string } => ({ name: code });

  test('an account has a default VPC with subnets in two zones, a gateway, routes and a default group', async () => {
    const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({}));
    assert.equal(vpc?.IsDefault, true);
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    assert.equal(new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size, 2);
    const { InternetGateways: [gateway] = [] } = await ec2.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [vpc.VpcId ?? ''] }] }),
    );
    assert.match(gateway?.InternetGatewayId ?? '', /^igw-[0-9a-f]{17}$/);
    const { RouteTables: [table] = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
    assert.deepEqual(
      table?.Routes?.map(({ DestinationCidrBlock, GatewayId }) => [DestinationCidrBlock, GatewayId]),
      [
        ['172.31.0.0/16', 'local'],
        ['0.0.0.0/0', gateway?.InternetGatewayId],
      ],
    );
    const { SecurityGroups: [group] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    assert.equal(group?.IpPermissions?.[0]?.UserIdGroupPairs?.[0]?.GroupId, group?.GroupId);
    await assert.rejects(ec2.send(new DeleteSecurityGroupCommand({ GroupId: group?.GroupId })), named('CannotDelete'));
    const { Regions } = await ec2.send(new DescribeRegionsCommand({}));
    assert.equal(Regions?.length, 1);
    assert.deepEqual((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces, []);
  });

  test('rules are authorised, described, refused twice and revoked', async () => {
    const [web, peer] = [await newGroup('web'), await newGroup('peer')];
    const IpPermissions = [
      { IpProtocol: 'tcp', FromPort: 80, ToPort: 81, IpRanges: [{ CidrIp: '10.1.2.3/8', Description: 'near' }] },
      { IpProtocol: '17', FromPort: 53, ToPort: 53, UserIdGroupPairs: [{ GroupId: peer }] },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
    ];
    const authorize = () => ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: web, IpPermissions }));
    const { SecurityGroupRules = [] } = await authorize();
    assert.deepEqual(
      SecurityGroupRules.map((rule) => [rule.IpProtocol, rule.FromPort, rule.ToPort, rule.CidrIpv4, rule.IsEgress]),
      [
        ['tcp', 80, 81, '10.0.0.0/8', false],
        ['udp', 53, 53, undefined, false],
        ['icmp', 8, -1, undefined, false],
      ],
    );
    await assert.rejects(authorize, named('InvalidPermission.Duplicate'));
    assert.equal((await shown(web)).IpPermissions?.length, 3);
    const filtered = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'ip-permission.group-id', Values: [peer] }] }),
    );
    assert.deepEqual(
      filtered.SecurityGroups?.map(({ GroupId }) => GroupId),
      [web],
    );
    const rules = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [web] }] }),
    );
    assert.equal(rules.SecurityGroupRules?.filter(({ IsEgress }) => IsEgress).length, 1);
    await assert.rejects(ec2.send(new DeleteSecurityGroupCommand({ GroupId: peer })), named('DependencyViolation'));

    const first = SecurityGroupRules[0]?.SecurityGroupRuleId ?? '';
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: web, SecurityGroupRuleIds: [first] }));
    const rest = IpPermissions.slice(1);
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: web, IpPermissions: rest }));
    assert.deepEqual((await shown(web)).IpPermissions, []);
    await assert.rejects(
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: web, IpPermissions: rest })),
      named('InvalidPermission.NotFound'),
    );
    const all = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: web, IpPermissions: all }));
    assert.deepEqual((await shown(web)).IpPermissionsEgress, []);
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: web, IpPermissions: all }));
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: peer }));
    await assert.rejects(ec2.send(new DeleteSecurityGroupCommand({ GroupId: peer })), named('InvalidGroup.NotFound'));
  });

  test('what is not a rule or a name is refused, and a dry run changes nothing', async () => {
    const group = await newGroup('strict');
    await assert.rejects(newGroup('strict'), named('InvalidGroup.Duplicate'));
    await assert.rejects(newGroup('default'), named('InvalidParameterValue'));
    const allow = (permission: object, DryRun = false) =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [permission], DryRun }));
    const anywhere = [{ CidrIp: '0.0.0.0/0' }];
    await assert.rejects(allow({ IpProtocol: 'tcp', IpRanges: anywhere }), named('InvalidParameterValue'));
    await assert.rejects(
      allow({ IpProtocol: 'tcp', FromPort: 80, ToPort: 70_000, IpRanges: anywhere }),
      named('InvalidParameterValue'),
    );
    await assert.rejects(allow({ IpProtocol: 'ftp', IpRanges: anywhere }), named('InvalidParameterValue'));
    await assert.rejects(allow({ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0/8' }] }), named('InvalidParameterValue'));
    await assert.rejects(
      allow({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0123' }] }),
      named('InvalidGroup.NotFound'),
    );
    await assert.rejects(allow({ IpProtocol: '-1', IpRanges: anywhere }, true), named('DryRunOperation'));
    assert.deepEqual((await shown(group)).IpPermissions, []);
  });

  test('a VPC of one’s own takes subnets that do not overlap, and goes when it is empty', async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.5.0.0/16' }));
    const VpcId = Vpc?.VpcId ?? '';
    const subnet = (CidrBlock: string) => ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
    const { Subnet } = await subnet('10.5.1.0/24');
    assert.equal(Subnet?.AvailableIpAddressCount, 251);
    await assert.rejects(subnet('10.5.0.0/20'), named('InvalidSubnet.Conflict'));
    await assert.rejects(subnet('10.6.0.0/24'), named('InvalidSubnet.Range'));
    await assert.rejects(ec2.send(new DeleteVpcCommand({ VpcId })), named('DependencyViolation'));
    await ec2.send(new DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
    await ec2.send(new DeleteVpcCommand({ VpcId }));
    await assert.rejects(ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] })), named('InvalidVpcID.NotFound'));
  });

  test('resources are tagged, found by their tags and untagged', async () => {
    const group = await newGroup('tagged');
    await ec2.send(new CreateTagsCommand({ Resources: [group], Tags: [{ Key: 'team', Value: 'blue' }] }));
    const byTag = () =>
      ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag:team', Values: ['bl*'] }] }));
    assert.deepEqual(
      (await byTag()).SecurityGroups?.map(({ GroupId }) => GroupId),
      [group],
    );
    const { Tags } = await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['team'] }] }));
    assert.deepEqual(Tags, [{ Key: 'team', ResourceId: group, ResourceType: 'security-group', Value: 'blue' }]);
    await ec2.send(new DeleteTagsCommand({ Resources: [group], Tags: [{ Key: 'team' }] }));
    assert.deepEqual((await byTag()).SecurityGroups, []);
    await assert.rejects(
      ec2.send(new CreateTagsCommand({ Resources: ['subnet-0123'], Tags: [{ Key: 'a', Value: 'b' }] })),
      named('InvalidSubnetID.NotFound'),
    );
  });
});
