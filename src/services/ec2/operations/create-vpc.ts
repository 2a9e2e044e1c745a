import type { CreateVpcRequest, CreateVpcResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { newResourceId, putDefaultSecurityGroup, putMainRouteTable } from '../default-vpc.ts';
import { missingParameter, notBuilt, refuseDryRun } from '../errors.ts';
import { parseCidr } from '../rules/cidr.ts';
import { canonicalCidr } from '../rules/ip-permissions.ts';
import { type VpcRecord, vpcs } from '../tables.ts';
import { putTags, tagsGiven, tagsOf } from '../tags.ts';
import { shownVpc } from './describe-vpcs.ts';

export const createVpc: Operation<CreateVpcRequest, CreateVpcResult> = (input, { call, store }) => {
  if (input.AmazonProvidedIpv6CidrBlock || input.Ipv6CidrBlock) throw notBuilt('Ipv6CidrBlock');
  if (input.Ipv4IpamPoolId) throw notBuilt('Ipv4IpamPoolId');
  if (input.CidrBlock === undefined) throw missingParameter('cidrBlock');
  const cidrBlock = canonicalCidr(input.CidrBlock);
  const prefixLength = parseCidr(cidrBlock)?.prefixLength ?? 0;
  if (prefixLength < 16 || prefixLength > 28) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${input.CidrBlock}' is invalid.`);
  }
  const tags = tagsGiven(input.TagSpecifications, 'vpc');
  return store.update((tx, env) => {
    refuseDryRun(input.DryRun);
    const vpc: VpcRecord = {
      accountId: call.accountId,
      region: call.region,
      vpcId: newResourceId(env, 'vpc'),
      cidrBlock,
      isDefault: false,
      dhcpOptionsId: newResourceId(env, 'dopt'),
    };
    tx.put(vpcs, vpc);
    putDefaultSecurityGroup(tx, env, call, vpc.vpcId);
    putMainRouteTable(tx, env, vpc, []);
    putTags(tx, call, { resourceId: vpc.vpcId, resourceType: 'vpc' }, tags);
    return { Vpc: { ...shownVpc(vpc), Tags: tagsOf(tx, vpc.vpcId) } };
  });
};
