import type { DescribeVpcsRequest, DescribeVpcsResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { type VpcRecord, vpcs } from '../tables.ts';

export const describeVpcs: Operation<DescribeVpcsRequest, DescribeVpcsResult> = (input, { call, store }) => {
  const page = store.view((reader) =>
    describe(
      reader.find(vpcs, 'scope', scopeKey(call)),
      { ids: input.VpcIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
      describableVpc,
    ),
  );
  return {
    Vpcs: page.items.map((vpc) => ({
      VpcId: vpc.vpcId,
      OwnerId: vpc.accountId,
      State: 'available',
      CidrBlock: vpc.cidrBlock,
      CidrBlockAssociationSet: [
        {
          AssociationId: `vpc-cidr-assoc-${vpc.vpcId.slice(4)}`,
          CidrBlock: vpc.cidrBlock,
          CidrBlockState: { State: 'associated' },
        },
      ],
      DhcpOptionsId: vpc.dhcpOptionsId,
      InstanceTenancy: 'default',
      IsDefault: vpc.isDefault,
    })),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
};

const describableVpc: Describable<VpcRecord> = {
  kind: 'vpc',
  notFoundCode: 'InvalidVpcID.NotFound',
  id: (vpc) => vpc.vpcId,
  filters: {
    'vpc-id': (vpc) => vpc.vpcId,
    'is-default': (vpc) => String(vpc.isDefault),
    isDefault: (vpc) => String(vpc.isDefault),
    cidr: (vpc) => vpc.cidrBlock,
    'cidr-block-association.cidr-block': (vpc) => vpc.cidrBlock,
    'dhcp-options-id': (vpc) => vpc.dhcpOptionsId,
    'owner-id': (vpc) => vpc.accountId,
    state: () => 'available',
  },
};
