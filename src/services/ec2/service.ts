import type { Service } from '../../aws/service.ts';
import { ensureDefaultVpc } from './default-vpc.ts';
import { authorizeSecurityGroupEgress } from './operations/authorize-security-group-egress.ts';
import { authorizeSecurityGroupIngress } from './operations/authorize-security-group-ingress.ts';
import { createSecurityGroup } from './operations/create-security-group.ts';
import { deleteSecurityGroup } from './operations/delete-security-group.ts';
import { describeAvailabilityZones } from './operations/describe-availability-zones.ts';
import { describeSecurityGroupRules } from './operations/describe-security-group-rules.ts';
import { describeSecurityGroups } from './operations/describe-security-groups.ts';
import { describeSubnets } from './operations/describe-subnets.ts';
import { describeVpcs } from './operations/describe-vpcs.ts';
import { revokeSecurityGroupEgress } from './operations/revoke-security-group-egress.ts';
import { revokeSecurityGroupIngress } from './operations/revoke-security-group-ingress.ts';
import { ec2Permissions } from './permissions.ts';
import { networkInterfaces, resourceTags, securityGroups, subnets, vpcs } from './tables.ts';

export const ec2: Service = {
  name: 'ec2',
  model: async () => (await import('../../aws/models/ec2.gen.ts')).model,
  operations: {
    AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
    CreateSecurityGroup: createSecurityGroup,
    DeleteSecurityGroup: deleteSecurityGroup,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeSecurityGroupRules: describeSecurityGroupRules,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeSubnets: describeSubnets,
    DescribeVpcs: describeVpcs,
    RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  },
  permissions: ec2Permissions,
  tables: [networkInterfaces, resourceTags, securityGroups, subnets, vpcs],
  projections: [],
  reconcilers: [],
  parts: undefined,
  sockets: {},
  setUp: ensureDefaultVpc,
};
