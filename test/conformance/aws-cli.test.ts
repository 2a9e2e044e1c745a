// The face that the AWS CLI sees: answers and errors as botocore reads them. No engine is needed.
import assert from 'node:assert/strict';
import type {
  AssociateRouteTableResult,
  CreateInternetGatewayResult,
  CreateRouteTableResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeAvailabilityZonesResult,
  DescribeRouteTablesResult,
  DescribeSecurityGroupsResult,
  DescribeSubnetsResult,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2';
import type {
  CreateClusterResponse,
  DescribeClustersResponse,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { after, before, describe, test } from 'node:test';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';

describe('the AWS CLI', () => {
  let server: ControlPlane;
  let aws: AwsCli;

  before(async () => {
    server = await startControlPlane();
    aws = awsCli(server);
  });

  after(async () => {
    await server?.end();
  });

  test('is told who it is', async () => {
    const identity = await aws<GetCallerIdentityResponse>('sts', 'get-caller-identity');
    assert.deepEqual(identity, {
      UserId: '000000000000',
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:root',
    });
  });

  test('finds the default VPC with two subnets and a security group', async () => {
    const { Vpcs = [] } = await aws<DescribeVpcsResult>('ec2', 'describe-vpcs');
    assert.equal(Vpcs.length, 1);
    assert.equal(Vpcs[0]?.IsDefault, true);
    const { Subnets = [] } = await aws<DescribeSubnetsResult>(
      'ec2',
      'describe-subnets',
      '--filters',
      `Name=vpc-id,Values=${Vpcs[0]?.VpcId}`,
    );
    assert.deepEqual(Subnets.map((subnet) => String(subnet.AvailabilityZone)).sort(), ['us-east-1a', 'us-east-1b']);
    const { SecurityGroups = [] } = await aws<DescribeSecurityGroupsResult>(
      'ec2',
      'describe-security-groups',
      '--group-names',
      'default',
    );
    assert.equal(SecurityGroups[0]?.VpcId, Vpcs[0]?.VpcId);
    const { AvailabilityZones = [] } = await aws<DescribeAvailabilityZonesResult>('ec2', 'describe-availability-zones');
    assert.equal(AvailabilityZones.length, 2);
    assert.match(
      await aws.fails('ec2', 'describe-subnets', '--subnet-ids', 'subnet-0123'),
      /InvalidSubnetID\.NotFound/,
    );
  });

  test('builds a network as infrastructure tools do, and takes it down again', async () => {
    const ec2 = <Output extends object>(...args: readonly string[]) => aws<Output>('ec2', ...args);
    const { Vpc } = await ec2<CreateVpcResult>('create-vpc', '--cidr-block', '10.9.0.0/16');
    const vpcId = Vpc?.VpcId ?? '';
    await ec2('modify-vpc-attribute', '--vpc-id', vpcId, '--enable-dns-hostnames');
    const { InternetGateway } = await ec2<CreateInternetGatewayResult>('create-internet-gateway');
    const gatewayId = InternetGateway?.InternetGatewayId ?? '';
    await ec2('attach-internet-gateway', '--internet-gateway-id', gatewayId, '--vpc-id', vpcId);
    const { Subnet } = await ec2<CreateSubnetResult>('create-subnet', '--vpc-id', vpcId, '--cidr-block', '10.9.1.0/24');
    const subnetId = Subnet?.SubnetId ?? '';
    await ec2('modify-subnet-attribute', '--subnet-id', subnetId, '--map-public-ip-on-launch');
    const { RouteTable } = await ec2<CreateRouteTableResult>('create-route-table', '--vpc-id', vpcId);
    const tableId = RouteTable?.RouteTableId ?? '';
    const all = ['--destination-cidr-block', '0.0.0.0/0'];
    await ec2('create-route', '--route-table-id', tableId, ...all, '--gateway-id', gatewayId);
    const association = await ec2<AssociateRouteTableResult>(
      'associate-route-table',
      '--route-table-id',
      tableId,
      '--subnet-id',
      subnetId,
    );
    const { RouteTables = [] } = await ec2<DescribeRouteTablesResult>(
      'describe-route-tables',
      '--filters',
      `Name=association.subnet-id,Values=${subnetId}`,
    );
    assert.deepEqual(
      RouteTables[0]?.Routes?.map(({ GatewayId }) => GatewayId),
      ['local', gatewayId],
    );
    assert.match(await aws.fails('ec2', 'delete-vpc', '--vpc-id', vpcId), /DependencyViolation/);
    assert.match(
      await aws.fails('ec2', 'allocate-address', '--domain', 'vpc'),
      /\(UnsupportedOperation\).*AllocateAddress/,
    );
    await ec2('disassociate-route-table', '--association-id', association.AssociationId ?? '');
    await ec2('delete-route', '--route-table-id', tableId, ...all);
    await ec2('delete-route-table', '--route-table-id', tableId);
    await ec2('delete-subnet', '--subnet-id', subnetId);
    await ec2('detach-internet-gateway', '--internet-gateway-id', gatewayId, '--vpc-id', vpcId);
    await ec2('delete-internet-gateway', '--internet-gateway-id', gatewayId);
    await ec2('delete-vpc', '--vpc-id', vpcId);
  });

  test('creates, describes and deletes clusters', async () => {
    const { cluster } = await aws<CreateClusterResponse>(
      'ecs',
      'create-cluster',
      '--cluster-name',
      'cli',
      '--tags',
      'key=team,value=a',
    );
    assert.equal(cluster?.clusterArn, 'arn:aws:ecs:us-east-1:000000000000:cluster/cli');
    assert.equal(cluster.status, 'ACTIVE');
    const found = await aws<DescribeClustersResponse>(
      'ecs',
      'describe-clusters',
      '--clusters',
      'cli',
      'nowhere',
      '--include',
      'TAGS',
    );
    assert.deepEqual(found.clusters?.[0]?.tags, [{ key: 'team', value: 'a' }]);
    assert.deepEqual(found.failures, [
      { arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/nowhere', reason: 'MISSING' },
    ]);
    await aws('ecs', 'delete-cluster', '--cluster', 'cli');
    assert.match(
      await aws.fails('ecs', 'run-task', '--cluster', 'cli', '--task-definition', 'x'),
      /ClusterNotFoundException/,
    );
  });

  test('registers revisions and finds them', async () => {
    const containers = JSON.stringify([
      { name: 'app', image: 'busybox', memory: 32, portMappings: [{ containerPort: 80 }] },
    ]);
    for (const revision of [1, 2]) {
      const { taskDefinition } = await aws<RegisterTaskDefinitionResponse>(
        'ecs',
        'register-task-definition',
        '--family',
        'cli',
        '--container-definitions',
        containers,
      );
      assert.equal(taskDefinition?.revision, revision);
    }
    const { taskDefinition } = await aws<DescribeTaskDefinitionResponse>(
      'ecs',
      'describe-task-definition',
      '--task-definition',
      'cli',
    );
    assert.equal(taskDefinition?.revision, 2);
    assert.deepEqual(taskDefinition.containerDefinitions?.[0]?.portMappings, [
      { containerPort: 80, hostPort: 0, protocol: 'tcp' },
    ]);
    await aws('ecs', 'deregister-task-definition', '--task-definition', 'cli:2');
    const { taskDefinitionArns } = await aws<ListTaskDefinitionsResponse>(
      'ecs',
      'list-task-definitions',
      '--family-prefix',
      'cli',
    );
    assert.deepEqual(taskDefinitionArns, ['arn:aws:ecs:us-east-1:000000000000:task-definition/cli:1']);
  });

  test('is told in AWS words what it did wrong', async () => {
    assert.match(
      await aws.fails('ecs', 'run-task', '--task-definition', 'cli:1', '--cluster', 'no'),
      /\(ClusterNotFoundException\).*Cluster not found\./,
    );
    assert.match(
      await aws.fails('ecs', 'describe-task-definition', '--task-definition', 'nothing'),
      /\(ClientException\).*Unable to describe task definition\./,
    );
    assert.match(await aws.fails('ecs', 'create-service', '--service-name', 'web'), /CreateService/);
    assert.match(
      await aws.fails('logs', 'get-log-events', '--log-group-name', 'g', '--log-stream-name', 's'),
      /\(ResourceNotFoundException\).*The specified log group does not exist\./,
    );
  });

  test('is refused with keys that nobody holds or that are wrong', async () => {
    const stranger = awsCli({ environment: { ...server.environment, AWS_ACCESS_KEY_ID: 'AKIASTRANGERSTRANGER' } });
    assert.match(
      await stranger.fails('ecs', 'list-clusters'),
      /\(UnrecognizedClientException\).*The security token included in the request is invalid\./,
    );
    assert.match(await stranger.fails('sts', 'get-caller-identity'), /\(InvalidClientTokenId\)/);
    const wrong = awsCli({ environment: { ...server.environment, AWS_SECRET_ACCESS_KEY: 'wrong' } });
    assert.match(await wrong.fails('ecs', 'list-clusters'), /\(InvalidSignatureException\)/);
    assert.match(await wrong.fails('sts', 'get-caller-identity'), /\(SignatureDoesNotMatch\)/);
    assert.match(await wrong.fails('ec2', 'describe-vpcs'), /\(AuthFailure\)/);
  });
});
