// What of Amazon EFS asks for no host, by the SDK's own client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EC2 } from '@aws-sdk/client-ec2';
import { EFS } from '@aws-sdk/client-efs';
import { IAM } from '@aws-sdk/client-iam';
import { openControlPlane } from './control-plane.ts';
import { sdkConfig } from './sdk-handler.ts';

test('a file system changes its throughput, and its mount targets their security groups, with what goes with each', async () => {
  const { handler, close } = await openControlPlane();
  const efs = new EFS(sdkConfig(handler));
  const ec2 = new EC2(sdkConfig(handler));
  const { FileSystemId = '' } = await efs.createFileSystem({ CreationToken: 'one' });
  const shown = async () => (await efs.describeFileSystems({ FileSystemId })).FileSystems?.[0];
  while ((await shown())?.LifeCycleState !== 'available') await new Promise(setImmediate);

  await efs.updateFileSystem({ FileSystemId, ThroughputMode: 'provisioned', ProvisionedThroughputInMibps: 8 });
  assert.equal((await shown())?.ProvisionedThroughputInMibps, 8);
  await efs.updateFileSystem({ FileSystemId, ProvisionedThroughputInMibps: 9 });
  assert.equal((await shown())?.ProvisionedThroughputInMibps, 9);
  await efs.updateFileSystem({ FileSystemId, ThroughputMode: 'elastic' });
  const elastic = await shown();
  assert.deepEqual([elastic?.ThroughputMode, elastic?.ProvisionedThroughputInMibps], ['elastic', undefined]);
  await assert.rejects(efs.updateFileSystem({ FileSystemId, ThroughputMode: 'provisioned' }), { name: 'BadRequest' });

  const { Subnets: [subnet] = [] } = await ec2.describeSubnets({});
  const { MountTargetId = '' } = await efs.createMountTarget({ FileSystemId, SubnetId: subnet?.SubnetId });
  const { MountTargets: [target] = [] } = await efs.describeMountTargets({ MountTargetId });
  assert.equal(target?.AvailabilityZoneId, subnet?.AvailabilityZoneId);
  const { GroupId = '' } = await ec2.createSecurityGroup({ GroupName: 'nfs', Description: 'nfs' });
  await efs.modifyMountTargetSecurityGroups({ MountTargetId, SecurityGroups: [GroupId] });
  assert.deepEqual((await efs.describeMountTargetSecurityGroups({ MountTargetId })).SecurityGroups, [GroupId]);
  await assert.rejects(ec2.deleteSecurityGroup({ GroupId }), { name: 'DependencyViolation' });
  const SecurityGroups = ['sg-0123456789abcdef0'];
  await assert.rejects(efs.modifyMountTargetSecurityGroups({ MountTargetId, SecurityGroups }), {
    name: 'SecurityGroupNotFound',
  });
  await efs.deleteMountTarget({ MountTargetId });
  await ec2.deleteSecurityGroup({ GroupId });
  await close();
});

test('a policy may ask that file systems be encrypted', async () => {
  const { handler, close } = await openControlPlane();
  const root = sdkConfig(handler);
  const iam = new IAM(root);
  await iam.createUser({ UserName: 'dev' });
  const Condition = { Bool: { 'elasticfilesystem:Encrypted': 'true' } };
  const Statement = [{ Effect: 'Allow', Action: 'elasticfilesystem:*', Resource: '*', Condition }];
  await iam.putUserPolicy({ UserName: 'dev', PolicyName: 'own', PolicyDocument: JSON.stringify({ Statement }) });
  const { AccessKey: { AccessKeyId = '', SecretAccessKey = '' } = {} } = await iam.createAccessKey({ UserName: 'dev' });
  const efs = new EFS({ ...root, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } });
  await efs.createFileSystem({ CreationToken: 'sealed', Encrypted: true });
  await assert.rejects(efs.createFileSystem({ CreationToken: 'open' }), { name: 'AccessDeniedException' });
  await close();
});
