import type { Env, Transaction } from '../../store/store.ts';
import { formatAddress, knownCidr, usableAddresses } from './rules/cidr.ts';
import { networkInterfaces, readyInterfaces, type SubnetRecord } from './tables.ts';

/** A network interface as other services need it. */
export interface NetworkInterfaceView {
  readonly networkInterfaceId: string;
  readonly macAddress: string;
  readonly privateIpv4Address: string;
  readonly privateDnsName: string;
}

/**
 * Any free address, taken by chance: an address just given up is unlikely to be the next one given, and two Longshores
 * on one engine, whose default subnets are the same network there, seldom choose the same. Where there is none, one that
 * is only held ready for a task to come.
 */
export function freeAddress(tx: Transaction, env: Env, subnet: SubnetRecord): string | undefined {
  return unheldAddress(tx, env, subnet) ?? heldAddress(tx, subnet);
}

/** One that is neither used nor held. */
export function unheldAddress(tx: Transaction, env: Env, subnet: SubnetRecord): string | undefined {
  const { subnetId } = subnet;
  const { first, last } = usableAddresses(knownCidr(subnet.cidrBlock));
  const size = last - first + 1;
  const taken = tx.count(networkInterfaces, 'subnet', subnetId) + tx.count(readyInterfaces, 'subnet', subnetId);
  if (taken >= size) return undefined;
  const start = Math.floor(env.random.fraction() * size);
  for (let step = 0; step < size; step += 1) {
    const address = formatAddress(first + ((start + step) % size));
    const key = `${subnetId}/${address}`;
    if (tx.count(networkInterfaces, 'address', key) + tx.count(readyInterfaces, 'address', key) === 0) return address;
  }
  return undefined;
}

function heldAddress(tx: Transaction, { subnetId }: SubnetRecord): string | undefined {
  for (const held of tx.find(readyInterfaces, 'subnet', subnetId)) {
    tx.delete(readyInterfaces, held.networkInterfaceId);
    return held.privateIpv4Address;
  }
  return undefined;
}

/** Locally administered and unicast: the low bits of the first octet are 10, as EC2's own are. */
export function newMacAddress(env: Env): string {
  return [0x0e, ...env.random.bytes(5)].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** The name AWS's resolver gives an address. us-east-1 is the region with a name of its own. */
export function privateDnsName(privateIpv4Address: string, region: string): string {
  const suffix = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${privateIpv4Address.replaceAll('.', '-')}.${suffix}`;
}
