import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsManagedPolicies, findAwsManagedPolicy } from './aws-managed-policies.ts';
import { policyProblem } from './rules/validate-policy.ts';

const policies = [...awsManagedPolicies()];

test('every managed policy of AWS is one that could have been created, with an id of its own', () => {
  for (const { name, document, id } of policies) {
    assert.equal(policyProblem(document, 'identity'), undefined, name);
    assert.match(id, /^ANPA[A-Z2-7]{17}$/);
  }
  assert.equal(new Set(policies.map(({ id }) => id)).size, policies.length);
});

/** Those that the guides to ECS tell their readers to give to roles, and those of what their tasks use. */
const named = [
  'service-role/AmazonECSTaskExecutionRolePolicy',
  'service-role/AmazonEC2ContainerServiceforEC2Role',
  'service-role/AmazonEC2ContainerServiceRole',
  'service-role/AmazonEC2ContainerServiceAutoscaleRole',
  'service-role/AmazonEC2ContainerServiceEventsRole',
  'service-role/AmazonECSInfrastructureRolePolicyForVolumes',
  'service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity',
  'AmazonECSInfrastructureRolePolicyForLoadBalancers',
  'AmazonECSInfrastructureRolePolicyForManagedInstances',
  'AmazonECSInfrastructureRolePolicyForVpcLattice',
  'AmazonECSInstanceRolePolicyForManagedInstances',
  'AmazonECS_FullAccess',
  'AWSCodeDeployRoleForECS',
  'AWSCodeDeployRoleForECSLimited',
  'AmazonSSMManagedInstanceCore',
  'AmazonSSMReadOnlyAccess',
  'SecretsManagerReadWrite',
  'AmazonS3ReadOnlyAccess',
  'AmazonEC2ContainerRegistryReadOnly',
  'CloudWatchLogsFullAccess',
  'CloudWatchAgentServerPolicy',
  'CloudWatchFullAccess',
  'AmazonElasticFileSystemClientReadWriteAccess',
  'AmazonElasticFileSystemFullAccess',
  'AmazonEC2FullAccess',
  'AWSXRayDaemonWriteAccess',
  'AmazonPrometheusRemoteWriteAccess',
  'AWSAppMeshEnvoyAccess',
  'AWSMarketplaceMeteringRegisterUsage',
];
for (const name of named) {
  test(`${name} can be attached`, () => assert.ok(findAwsManagedPolicy(`arn:aws:iam::aws:policy/${name}`)));
}
