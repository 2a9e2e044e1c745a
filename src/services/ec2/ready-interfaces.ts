import type { Scope } from '../../core/scope.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { type NetworkInterfaceView, newMacAddress, privateDnsName, unheldAddress } from './addresses.ts';
import { newResourceId } from './default-vpc.ts';
import { knownCidr, usableAddresses } from './rules/cidr.ts';
import { networkInterfaces, type ReadyInterfaceRecord, readyInterfaces, subnets } from './tables.ts';

/**
 * Interfaces that are made before the task they are for: an address, a MAC address and an id that are kept for whoever is
 * named as their holder, so that it can make a network ready with them. They are nobody's network interfaces yet: no
 * operation shows them, no subnet is kept from being deleted by them, and an address that is only held is still available.
 */
export interface ReadyInterfaceView extends NetworkInterfaceView {
  readonly subnetId: string;
}

/** Those of a holder, in the order in which they were made. */
export function readyInterfacesFor(reader: Reader, holder: string): readonly ReadyInterfaceView[] {
  return inOrder(reader.find(readyInterfaces, 'holder', holder)).map(view);
}

/** Makes one in the subnet, where there is the subnet and a free address. */
export function holdInterface(
  tx: Transaction,
  env: Env,
  wanted: Scope & { readonly subnetId: string; readonly holder: string },
): void {
  const { accountId, region, subnetId, holder } = wanted;
  const subnet = tx.get(subnets, subnetId);
  const privateIpv4Address = subnet && unheldAddress(tx, env, subnet);
  if (privateIpv4Address === undefined) return;
  const orders = [...tx.find(readyInterfaces, 'holder', holder)].map(({ order }) => order);
  tx.put(readyInterfaces, {
    accountId,
    region,
    networkInterfaceId: newResourceId(env, 'eni'),
    subnetId,
    holder,
    privateIpv4Address,
    macAddress: newMacAddress(env),
    order: Math.max(0, ...orders) + 1,
  });
}

export function releaseReadyInterface(tx: Transaction, networkInterfaceId: string): void {
  tx.delete(readyInterfaces, networkInterfaceId);
}

/** Makes the holder's oldest of the subnet, whose network is most likely there, a network interface. */
export function takeReadyInterface(
  tx: Transaction,
  wanted: {
    readonly subnetId: string;
    readonly holder: string;
    readonly securityGroupIds: readonly string[];
    readonly description: string;
  },
): NetworkInterfaceView | undefined {
  const { subnetId, holder, securityGroupIds, description } = wanted;
  const subnet = tx.get(subnets, subnetId);
  const oldest = inOrder(tx.find(readyInterfaces, 'holder', holder)).find((held) => held.subnetId === subnetId);
  if (!subnet || !oldest) return undefined;
  const { holder: _holder, order: _order, ...made } = oldest;
  const { vpcId, availabilityZone } = subnet;
  tx.delete(readyInterfaces, oldest.networkInterfaceId);
  tx.put(networkInterfaces, { ...made, vpcId, availabilityZone, securityGroupIds, description });
  return viewOf(oldest);
}

/**
 * How many may be held in a subnet by all together: a quarter of what no interface has, so that they are never what fills
 * a subnet. Zero where there is no such subnet.
 */
export function roomForReadyInterfaces(reader: Reader, subnetId: string): number {
  const subnet = reader.get(subnets, subnetId);
  if (!subnet) return 0;
  const { first, last } = usableAddresses(knownCidr(subnet.cidrBlock));
  return Math.floor((last - first + 1 - reader.count(networkInterfaces, 'subnet', subnetId)) / 4);
}

function inOrder(found: Iterable<ReadyInterfaceRecord>): readonly ReadyInterfaceRecord[] {
  return [...found].sort((a, b) => a.order - b.order);
}

function view(held: ReadyInterfaceRecord): ReadyInterfaceView {
  return { ...viewOf(held), subnetId: held.subnetId };
}

function viewOf({ networkInterfaceId, macAddress, privateIpv4Address, region }: ReadyInterfaceRecord) {
  const dnsName = privateDnsName(privateIpv4Address, region);
  return { networkInterfaceId, macAddress, privateIpv4Address, privateDnsName: dnsName };
}
