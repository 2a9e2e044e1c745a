import type { Service } from '../../aws/service.ts';
import { ensureDefaultVpc } from './default-vpc.ts';
import { describeAvailabilityZones } from './operations/describe-availability-zones.ts';
import { describeSecurityGroups } from './operations/describe-security-groups.ts';
import { describeSubnets } from './operations/describe-subnets.ts';
import { describeVpcs } from './operations/describe-vpcs.ts';
import { networkInterfaces, securityGroups, subnets, vpcs } from './tables.ts';

export const ec2: Service = {
  name: 'ec2',
  model: async () => (await import('../../aws/models/ec2.gen.ts')).model,
  operations: {
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeSubnets: describeSubnets,
    DescribeVpcs: describeVpcs,
  },
  tables: [networkInterfaces, securityGroups, subnets, vpcs],
  projections: [],
  reconcilers: [],
  parts: undefined,
  sockets: {},
  setUp: ensureDefaultVpc,
};
