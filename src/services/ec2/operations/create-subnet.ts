import type { CreateSubnetRequest, CreateSubnetResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { availabilityZones, newResourceId } from '../default-vpc.ts';
import { invalidParameterValue, missingParameter, notBuilt, refuseDryRun } from '../errors.ts';
import { findVpc } from '../references.ts';
import { knownCidr } from '../rules/cidr.ts';
import { canonicalCidr } from '../rules/ip-permissions.ts';
import { type SubnetRecord, subnets } from '../tables.ts';
import { putTags, tagsGiven } from '../tags.ts';
import { shownSubnet } from './describe-subnets.ts';

export const createSubnet: Operation<CreateSubnetRequest, CreateSubnetResult> = (input, { call, store }) => {
  if (input.Ipv6CidrBlock || input.Ipv6Native) throw notBuilt('Ipv6CidrBlock');
  if (input.CidrBlock === undefined) throw missingParameter('cidrBlock');
  const cidrBlock = canonicalCidr(input.CidrBlock);
  const block = knownCidr(cidrBlock);
  const tags = tagsGiven(input.TagSpecifications, 'subnet');
  const zones = availabilityZones(call.region);
  const named = input.AvailabilityZone ?? input.AvailabilityZoneId;
  const zone = named === undefined ? zones[0] : zones.find((it) => it.zoneName === named || it.zoneId === named);
  if (!zone) throw invalidParameterValue(`Value (${named ?? ''}) for parameter availabilityZone is invalid.`);
  return store.update((tx, env) => {
    const vpc = findVpc(tx, call, input.VpcId);
    const whole = knownCidr(vpc.cidrBlock);
    const fits = block.first >= whole.first && block.last <= whole.last && block.prefixLength >= 16;
    if (!fits || block.prefixLength > 28) {
      throw new AwsError('InvalidSubnet.Range', `The CIDR '${input.CidrBlock ?? ''}' is invalid.`);
    }
    for (const other of tx.find(subnets, 'vpc', vpc.vpcId)) {
      const taken = knownCidr(other.cidrBlock);
      if (block.first <= taken.last && taken.first <= block.last) {
        throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidrBlock}' conflicts with another subnet`);
      }
    }
    refuseDryRun(input.DryRun);
    const subnet: SubnetRecord = {
      accountId: call.accountId,
      region: call.region,
      vpcId: vpc.vpcId,
      subnetId: newResourceId(env, 'subnet'),
      cidrBlock,
      availabilityZone: zone.zoneName,
      availabilityZoneId: zone.zoneId,
      defaultForAz: false,
      mapPublicIpOnLaunch: false,
    };
    tx.put(subnets, subnet);
    putTags(tx, call, { resourceId: subnet.subnetId, resourceType: 'subnet' }, tags);
    return { Subnet: shownSubnet(tx, subnet) };
  });
};
