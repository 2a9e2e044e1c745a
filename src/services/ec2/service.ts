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
import { createTags } from './operations/create-tags.ts';
import { deleteTags } from './operations/delete-tags.ts';
import { describeTags } from './operations/describe-tags.ts';
import { describeNetworkInterfaces } from './operations/describe-network-interfaces.ts';
import { describeInternetGateways } from './operations/describe-internet-gateways.ts';
import { describeRouteTables } from './operations/describe-route-tables.ts';
import { describeRegions } from './operations/describe-regions.ts';
import { createVpc } from './operations/create-vpc.ts';
import { deleteVpc } from './operations/delete-vpc.ts';
import { createSubnet } from './operations/create-subnet.ts';
import { deleteSubnet } from './operations/delete-subnet.ts';
import { describeVpcs } from './operations/describe-vpcs.ts';
import { revokeSecurityGroupEgress } from './operations/revoke-security-group-egress.ts';
import { revokeSecurityGroupIngress } from './operations/revoke-security-group-ingress.ts';
import { ec2Permissions } from './permissions.ts';
import {
  internetGateways,
  networkInterfaces,
  routeTables,
  resourceTags,
  securityGroups,
  subnets,
  vpcs,
} from './tables.ts';

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
    CreateTags: createTags,
    DeleteTags: deleteTags,
    DescribeTags: describeTags,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
    DescribeInternetGateways: describeInternetGateways,
    DescribeRouteTables: describeRouteTables,
    DescribeRegions: describeRegions,
    CreateVpc: createVpc,
    DeleteVpc: deleteVpc,
    CreateSubnet: createSubnet,
    DeleteSubnet: deleteSubnet,
    DescribeVpcs: describeVpcs,
    RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  },
  permissions: ec2Permissions,
  tables: [internetGateways, routeTables, networkInterfaces, resourceTags, securityGroups, subnets, vpcs],
  projections: [],
  reconcilers: [],
  parts: undefined,
  sockets: {},
  setUp: ensureDefaultVpc,
};
