import type { ModifySubnetAttributeRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { notBuilt } from '../errors.ts';
import { findSubnetRecord } from '../references.ts';
import { subnets } from '../tables.ts';

/** Of a subnet's attributes one can be turned on; the others are off, and may be told to be. */
export const modifySubnetAttribute: Operation<ModifySubnetAttributeRequest, object> = (input, { call, store }) => {
  const { SubnetId: subnetId, MapPublicIpOnLaunch: mapPublicIp, ...others } = input;
  const named = Object.entries(others).filter(([, value]) => value !== undefined);
  if (named.length + (mapPublicIp ? 1 : 0) !== 1) {
    throw new AwsError('InvalidParameterCombination', 'Exactly one attribute may be modified in a call.');
  }
  for (const [member, value] of named) if (!isOff(value)) throw notBuilt(member);
  return store.update((tx) => {
    const subnet = findSubnetRecord(tx, call, subnetId);
    if (mapPublicIp) tx.put(subnets, { ...subnet, mapPublicIpOnLaunch: mapPublicIp.Value ?? false });
    return {};
  });
};

function isOff(value: unknown): boolean {
  if (value === 'ip-name') return true; // how private host names are made, and the only way there is
  return typeof value === 'object' && value !== null && 'Value' in value && value.Value === false;
}
