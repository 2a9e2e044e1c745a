import type {
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import type { Reader } from '../../../store/store.ts';
import { type Describable, describe, nothingHas } from '../rules/describe.ts';
import { subnets, type VpcRecord, vpcs } from '../tables.ts';

/**
 * Each VPC has the list it was made with, which lets everything pass, and no other: there is none to make or to change.
 * So it follows from the VPC, ids included, and is kept nowhere.
 */
export const describeNetworkAcls: Operation<DescribeNetworkAclsRequest, DescribeNetworkAclsResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const page = describe(
      [...reader.find(vpcs, 'scope', scopeKey(call))].map((vpc) => networkAclOf(reader, vpc)),
      { ids: input.NetworkAclIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
      describableAcl,
    );
    return { NetworkAcls: page.items, ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }) };
  });

function networkAclOf(reader: Reader, { vpcId, accountId }: VpcRecord): Answer<NetworkAcl> {
  const NetworkAclId = vpcId.replace(/^vpc-/, 'acl-');
  return {
    NetworkAclId,
    VpcId: vpcId,
    OwnerId: accountId,
    IsDefault: true,
    Entries: [entry(true, 'allow'), entry(true, 'deny'), entry(false, 'allow'), entry(false, 'deny')],
    Associations: [...reader.find(subnets, 'vpc', vpcId)].map(({ subnetId }) => ({
      NetworkAclAssociationId: subnetId.replace(/^subnet-/, 'aclassoc-'),
      NetworkAclId,
      SubnetId: subnetId,
    })),
    Tags: [],
  };
}

function entry(egress: boolean, action: 'allow' | 'deny'): Answer<NetworkAclEntry> {
  const number = action === 'allow' ? 100 : 32_767;
  return { CidrBlock: '0.0.0.0/0', Egress: egress, Protocol: '-1', RuleAction: action, RuleNumber: number };
}

const describableAcl: Describable<Answer<NetworkAcl>> = {
  kind: 'networkAcl',
  notFoundCode: 'InvalidNetworkAclID.NotFound',
  id: (it) => it.NetworkAclId ?? '',
  tags: () => [],
  filters: {
    'network-acl-id': (it) => it.NetworkAclId ?? '',
    'vpc-id': (it) => it.VpcId ?? '',
    'owner-id': (it) => it.OwnerId ?? '',
    default: (it) => String(it.IsDefault),
    'association.subnet-id': (it) => (it.Associations ?? []).map(({ SubnetId = '' }) => SubnetId),
    'association.association-id': (it) =>
      (it.Associations ?? []).map(({ NetworkAclAssociationId = '' }) => NetworkAclAssociationId),
    'association.network-acl-id': (it) => it.NetworkAclId ?? '',
    'entry.cidr': (it) => (it.Entries ?? []).map(({ CidrBlock = '' }) => CidrBlock),
    'entry.egress': (it) => (it.Entries ?? []).map(({ Egress }) => String(Egress)),
    'entry.protocol': (it) => (it.Entries ?? []).map(({ Protocol = '' }) => Protocol),
    'entry.rule-action': (it) => (it.Entries ?? []).map(({ RuleAction = '' }) => RuleAction),
    'entry.rule-number': (it) => (it.Entries ?? []).map(({ RuleNumber }) => String(RuleNumber)),
    ...nothingHas(
      'entry.icmp.code',
      'entry.icmp.type',
      'entry.ipv6-cidr',
      'entry.port-range.from',
      'entry.port-range.to',
    ),
  },
};
