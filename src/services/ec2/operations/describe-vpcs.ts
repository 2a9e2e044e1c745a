import type { DescribeVpcsRequest, DescribeVpcsResult, Vpc } from '@aws-sdk/client-ec2';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { type Describable, describe, nothingHas } from '../rules/describe.ts';
import { tagsOf } from '../tags.ts';
import { type VpcRecord, vpcs } from '../tables.ts';

export const describeVpcs: Operation<DescribeVpcsRequest, DescribeVpcsResult> = (input, { call, store }) =>
  store.view((reader) => {
    const page = describe(
      reader.find(vpcs, 'scope', scopeKey(call)),
      { ids: input.VpcIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
      { ...describableVpc, tags: ({ vpcId }) => tagsOf(reader, vpcId) },
    );
    return {
      Vpcs: page.items.map((vpc) => ({ ...shownVpc(vpc), Tags: tagsOf(reader, vpc.vpcId) })),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

/** A VPC as AWS shows it, but for its tags. */
export function shownVpc(vpc: VpcRecord): Answer<Vpc> {
  return {
    VpcId: vpc.vpcId,
    OwnerId: vpc.accountId,
    State: 'available',
    CidrBlock: vpc.cidrBlock,
    CidrBlockAssociationSet: [
      {
        AssociationId: cidrAssociationId(vpc),
        CidrBlock: vpc.cidrBlock,
        CidrBlockState: { State: 'associated' },
      },
    ],
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: 'default',
    IsDefault: vpc.isDefault,
  };
}

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
    'cidr-block-association.association-id': cidrAssociationId,
    'cidr-block-association.state': () => 'associated',
    ...nothingHas(
      'ipv6-cidr-block-association.association-id',
      'ipv6-cidr-block-association.ipv6-cidr-block',
      'ipv6-cidr-block-association.ipv6-pool',
      'ipv6-cidr-block-association.state',
    ),
  },
};

function cidrAssociationId({ vpcId }: VpcRecord): string {
  return `vpc-cidr-assoc-${vpcId.slice('vpc-'.length)}`;
}
