// EC2 as the SDK's own client sees it: the default VPC, networks of one's own, security groups and their rules.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeAccountAttributesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
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

  test('a VPC is made with a route table, which another replaces, and routes lead to the gateway that is attached', async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
    const VpcId = Vpc?.VpcId ?? '';
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.7.1.0/24' }));
    const SubnetId = Subnet?.SubnetId ?? '';
    const made = await ec2.send(new CreateInternetGatewayCommand({}));
    const InternetGatewayId = made.InternetGateway?.InternetGatewayId ?? '';
    const table = await ec2.send(
      new CreateRouteTableCommand({
        VpcId,
        TagSpecifications: [{ ResourceType: 'route-table', Tags: [{ Key: 'Name', Value: 'public' }] }],
      }),
    );
    const RouteTableId = table.RouteTable?.RouteTableId ?? '';
    assert.deepEqual(table.RouteTable?.Tags, [{ Key: 'Name', Value: 'public' }]);
    const route = (DestinationCidrBlock: string, GatewayId = InternetGatewayId) =>
      ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId }));
    await assert.rejects(route('0.0.0.0/0'), { message: /belong to different networks/ });
    await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    await assert.rejects(
      ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId })),
      named('Resource.AlreadyAssociated'),
    );
    await assert.rejects(
      ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId })),
      named('DependencyViolation'),
    );
    await route('0.0.0.0/0');
    await assert.rejects(route('10.7.2.0/24'), named('InvalidParameterValue'));
    await assert.rejects(route('0.0.0.0/0', 'igw-0123'), named('InvalidGatewayID.NotFound'));
    await assert.rejects(
      ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-0123' })),
      named('UnsupportedOperation'),
    );
    const replace = (DestinationCidrBlock: string) =>
      ec2.send(new ReplaceRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId: InternetGatewayId }));
    await replace('0.0.0.0/0');
    await assert.rejects(replace('1.0.0.0/8'), named('InvalidRoute.NotFound'));

    const tables = async (name: string, value: string) => {
      const { RouteTables = [] } = await ec2.send(
        new DescribeRouteTablesCommand({
          Filters: [
            { Name: 'vpc-id', Values: [VpcId] },
            { Name: name, Values: [value] },
          ],
        }),
      );
      return RouteTables;
    };
    const { AssociationId } = await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
    assert.deepEqual(
      (await tables('association.subnet-id', SubnetId)).map((it) => [
        it.RouteTableId,
        it.Routes?.map(({ DestinationCidrBlock, State }) => [DestinationCidrBlock, State]),
      ]),
      [
        [
          RouteTableId,
          [
            ['10.7.0.0/16', 'active'],
            ['0.0.0.0/0', 'active'],
          ],
        ],
      ],
    );
    await assert.rejects(ec2.send(new DeleteRouteTableCommand({ RouteTableId })), named('DependencyViolation'));

    const [main] = await tables('association.main', 'true');
    const mainAssociation = main?.Associations?.[0]?.RouteTableAssociationId;
    await assert.rejects(
      ec2.send(new AssociateRouteTableCommand({ RouteTableId: main?.RouteTableId, SubnetId })),
      named('Resource.AlreadyAssociated'),
    );
    await assert.rejects(
      ec2.send(new DisassociateRouteTableCommand({ AssociationId: mainAssociation })),
      named('InvalidParameterValue'),
    );
    const moved = await ec2.send(
      new ReplaceRouteTableAssociationCommand({ AssociationId: mainAssociation, RouteTableId }),
    );
    assert.notEqual(moved.NewAssociationId, mainAssociation);
    assert.deepEqual(
      (await tables('association.main', 'true')).map((it) => it.RouteTableId),
      [RouteTableId],
    );
    await ec2.send(new DeleteRouteTableCommand({ RouteTableId: main?.RouteTableId }));
    await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
    await assert.rejects(
      ec2.send(new DisassociateRouteTableCommand({ AssociationId })),
      named('InvalidAssociationID.NotFound'),
    );

    await assert.rejects(ec2.send(new DeleteVpcCommand({ VpcId })), named('DependencyViolation'));
    await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    await assert.rejects(
      ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })),
      named('Gateway.NotAttached'),
    );
    assert.equal((await tables('route.state', 'blackhole')).length, 1, 'the route outlives what it led to');
    await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    const removeRoute = (DestinationCidrBlock: string) =>
      ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
    await removeRoute('0.0.0.0/0');
    await assert.rejects(removeRoute('0.0.0.0/0'), named('InvalidRoute.NotFound'));
    await assert.rejects(removeRoute('10.7.0.0/16'), { message: /cannot remove local route/ });
    const other = await ec2.send(new CreateRouteTableCommand({ VpcId }));
    await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    await assert.rejects(ec2.send(new DeleteVpcCommand({ VpcId })), named('DependencyViolation'));
    await ec2.send(new DeleteRouteTableCommand({ RouteTableId: other.RouteTable?.RouteTableId }));
    await ec2.send(new DeleteVpcCommand({ VpcId }));
    assert.deepEqual(await tables('association.main', 'true'), []);
  });

  test('attributes of VPCs and subnets are changed one at a time, and what stays off may be told to', async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.8.0.0/16' }));
    const VpcId = Vpc?.VpcId ?? '';
    const hostNames = async () =>
      (await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }))).EnableDnsHostnames;
    assert.deepEqual(await hostNames(), { Value: false });
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    assert.deepEqual(await hostNames(), { Value: true });
    const support = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' }));
    assert.deepEqual(support.EnableDnsSupport, { Value: true });
    await assert.rejects(
      ec2.send(
        new ModifyVpcAttributeCommand({
          VpcId,
          EnableDnsHostnames: { Value: true },
          EnableDnsSupport: { Value: true },
        }),
      ),
      named('InvalidParameterCombination'),
    );
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.8.0.0/24' }));
    const SubnetId = Subnet?.SubnetId ?? '';
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
    const { Subnets: [shownSubnet] = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
    assert.equal(shownSubnet?.MapPublicIpOnLaunch, true);
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, EnableDns64: { Value: false } }));
    await assert.rejects(
      ec2.send(new ModifySubnetAttributeCommand({ SubnetId, AssignIpv6AddressOnCreation: { Value: true } })),
      named('UnsupportedOperation'),
    );
    const { NetworkAcls: [acl] = [] } = await ec2.send(
      new DescribeNetworkAclsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }),
    );
    assert.match(acl?.NetworkAclId ?? '', /^acl-[0-9a-f]{17}$/);
    assert.deepEqual(
      acl?.Associations?.map((it) => it.SubnetId),
      [SubnetId],
    );
    assert.deepEqual((await ec2.send(new DescribeNatGatewaysCommand({}))).NatGateways, []);
    await assert.rejects(
      ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: ['nat-0123'] })),
      named('NatGatewayNotFound'),
    );
    const { AccountAttributes = [] } = await ec2.send(
      new DescribeAccountAttributesCommand({ AttributeNames: ['supported-platforms'] }),
    );
    assert.deepEqual(AccountAttributes, [
      { AttributeName: 'supported-platforms', AttributeValues: [{ AttributeValue: 'VPC' }] },
    ]);
  });

  test('rules keep their ids when what they allow or say of themselves is changed', async () => {
    const GroupId = await newGroup('changed');
    const tcp = (port: number, Description?: string) => ({
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      IpRanges: [{ CidrIp: '10.0.0.0/8', ...(Description !== undefined && { Description }) }],
    });
    const { SecurityGroupRules = [] } = await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [tcp(80), tcp(81)] }),
    );
    const [SecurityGroupRuleId = '', second = ''] = SecurityGroupRules.map((rule) => rule.SecurityGroupRuleId ?? '');
    const change = (port: number, id = SecurityGroupRuleId) =>
      ec2.send(
        new ModifySecurityGroupRulesCommand({
          GroupId,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: id,
              SecurityGroupRule: { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: '10.0.0.0/8' },
            },
          ],
        }),
      );
    await change(90);
    await assert.rejects(change(81), named('InvalidPermission.Duplicate'));
    await assert.rejects(change(91, 'sgr-0123'), named('InvalidSecurityGroupRuleId.NotFound'));
    await ec2.send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, IpPermissions: [tcp(90, 'by its traffic')] }),
    );
    await ec2.send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId,
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: second, Description: 'by its id' }],
      }),
    );
    await assert.rejects(
      ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, IpPermissions: [tcp(99)] })),
      named('InvalidPermission.NotFound'),
    );
    const rules = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [SecurityGroupRuleId, second] }),
    );
    const seen = new Map(
      rules.SecurityGroupRules?.map((it) => [it.SecurityGroupRuleId, [it.FromPort, it.Description]]),
    );
    assert.deepEqual(seen.get(SecurityGroupRuleId), [90, 'by its traffic']);
    assert.deepEqual(seen.get(second), [81, 'by its id']);
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
