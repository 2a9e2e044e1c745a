import { assert } from '../../core/assert.ts';
import type { Scope } from '../../core/scope.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { newResourceId } from './default-vpc.ts';
import { formatAddress, gatewayOf, knownCidr, usableAddresses } from './rules/cidr.ts';
import { networkInterfaces, securityGroups, type SubnetRecord, subnets } from './tables.ts';

/** A subnet as other services need it. */
export interface SubnetView {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** Second address of the block: the router, and the network's own address in the engine. */
  readonly gateway: string;
}

/** A network interface as other services need it. */
export interface NetworkInterfaceView {
  readonly networkInterfaceId: string;
  readonly macAddress: string;
  readonly privateIpv4Address: string;
  readonly privateDnsName: string;
}

export function findSubnet(reader: Reader, scope: Scope, subnetId: string): SubnetView | undefined {
  const subnet = reader.get(subnets, subnetId);
  if (!subnet || !inScope(subnet, scope)) return undefined;
  const { vpcId, availabilityZone, cidrBlock } = subnet;
  return { subnetId, vpcId, availabilityZone, cidrBlock, gateway: gatewayOf(knownCidr(cidrBlock)) };
}

/** The VPC of a security group, undefined when there is no such group. */
export function vpcOfSecurityGroup(reader: Reader, scope: Scope, groupId: string): string | undefined {
  const group = reader.get(securityGroups, groupId);
  return group && inScope(group, scope) ? group.vpcId : undefined;
}

export function defaultSecurityGroup(reader: Reader, vpcId: string): string | undefined {
  for (const group of reader.find(securityGroups, 'vpc', vpcId))
    if (group.groupName === 'default') return group.groupId;
  return undefined;
}

/** Makes an interface with a free address of the subnet; undefined when the subnet has no free address. */
export function createNetworkInterface(
  tx: Transaction,
  env: Env,
  wanted: Scope & {
    readonly subnetId: string;
    readonly securityGroupIds: readonly string[];
    readonly description: string;
  },
): NetworkInterfaceView | undefined {
  const subnet = tx.get(subnets, wanted.subnetId);
  assert(subnet, `subnet ${wanted.subnetId} exists`);
  const privateIpv4Address = freeAddress(tx, env, subnet);
  if (privateIpv4Address === undefined) return undefined;
  const { accountId, region, securityGroupIds, description } = wanted;
  const created = {
    accountId,
    region,
    networkInterfaceId: newResourceId(env, 'eni'),
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    privateIpv4Address,
    macAddress: newMacAddress(env),
    securityGroupIds,
    description,
  };
  tx.put(networkInterfaces, created);
  const { networkInterfaceId, macAddress } = created;
  return {
    networkInterfaceId,
    macAddress,
    privateIpv4Address,
    privateDnsName: privateDnsName(privateIpv4Address, region),
  };
}

export function deleteNetworkInterface(tx: Transaction, networkInterfaceId: string): void {
  tx.delete(networkInterfaces, networkInterfaceId);
}

/** The name AWS's resolver gives an address. us-east-1 is the region with a name of its own. */
export function privateDnsName(privateIpv4Address: string, region: string): string {
  const suffix = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${privateIpv4Address.replaceAll('.', '-')}.${suffix}`;
}

/**
 * Any free address, taken by chance: an address just given up is unlikely to be the next one given, and two Longshores
 * on one engine, whose default subnets are the same network there, seldom choose the same.
 */
function freeAddress(tx: Transaction, env: Env, subnet: SubnetRecord): string | undefined {
  const { first, last } = usableAddresses(knownCidr(subnet.cidrBlock));
  const size = last - first + 1;
  if (tx.count(networkInterfaces, 'subnet', subnet.subnetId) >= size) return undefined;
  const start = Math.floor(env.random.fraction() * size);
  for (let step = 0; step < size; step += 1) {
    const address = formatAddress(first + ((start + step) % size));
    if (tx.count(networkInterfaces, 'address', `${subnet.subnetId}/${address}`) === 0) return address;
  }
  return undefined;
}

/** Locally administered and unicast: the low bits of the first octet are 10, as EC2's own are. */
function newMacAddress(env: Env): string {
  return [0x0e, ...env.random.bytes(5)].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

function inScope(record: Scope, scope: Scope): boolean {
  return record.accountId === scope.accountId && record.region === scope.region;
}
