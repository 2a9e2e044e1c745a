import { assert } from '../../core/assert.ts';
import type { Scope } from '../../core/scope.ts';
import type { Env, Reader, Store, Transaction } from '../../store/store.ts';
import { freeAddress, type NetworkInterfaceView, newMacAddress, privateDnsName } from './addresses.ts';
import { availabilityZones, newResourceId } from './default-vpc.ts';
import { gatewayOf, knownCidr } from './rules/cidr.ts';
import { protocolNumber } from './rules/ip-permissions.ts';
import { networkInterfaces, type SecurityGroupRuleRecord, securityGroups, subnets, vpcs } from './tables.ts';

export { type NetworkInterfaceView, privateDnsName } from './addresses.ts';
export {
  holdInterface,
  type ReadyInterfaceView,
  readyInterfacesFor,
  releaseReadyInterface,
  roomForReadyInterfaces,
  takeReadyInterface,
} from './ready-interfaces.ts';
/** For those that have to be woken when one of them changes. */
export { networkInterfaces, readyInterfaces, subnets } from './tables.ts';

/** A subnet as other services need it. */
export interface SubnetView {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  readonly vpcCidrBlock: string;
  /** Second address of the block: the router, and the network's own address in the engine. */
  readonly gateway: string;
}

export function findSubnet(reader: Reader, scope: Scope, subnetId: string): SubnetView | undefined {
  const subnet = reader.get(subnets, subnetId);
  if (!subnet || !inScope(subnet, scope)) return undefined;
  const { vpcId, availabilityZone, cidrBlock } = subnet;
  const vpc = reader.get(vpcs, vpcId);
  assert(vpc, `subnet ${subnetId} is of a VPC`);
  return {
    subnetId,
    vpcId,
    availabilityZone,
    cidrBlock,
    vpcCidrBlock: vpc.cidrBlock,
    gateway: gatewayOf(knownCidr(cidrBlock)),
  };
}

/** The id of a zone by its name; undefined for a zone that this region does not have, such as a host may name. */
export function zoneIdOf(region: string, zoneName: string | undefined): string | undefined {
  return availabilityZones(region).find((zone) => zone.zoneName === zoneName)?.zoneId;
}

/** The VPC of a security group, undefined when there is no such group. */
export function vpcOfSecurityGroup(reader: Reader, scope: Scope, groupId: string): string | undefined {
  const group = reader.get(securityGroups, groupId);
  return group && inScope(group, scope) ? group.vpcId : undefined;
}

/** A rule of a security group as other services need it: only peers that have IPv4 addresses. */
export interface SecurityGroupRuleView {
  /** IANA's number, -1 for any. */
  readonly protocol: number;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: { readonly cidr: string } | { readonly groupId: string };
}

export interface SecurityGroupView {
  readonly groupId: string;
  readonly ingress: readonly SecurityGroupRuleView[];
  readonly egress: readonly SecurityGroupRuleView[];
}

/** What a group allows; nothing where there is no such group. */
export function securityGroupView(reader: Reader, groupId: string): SecurityGroupView {
  const rules = reader.get(securityGroups, groupId)?.rules ?? [];
  const view = (isEgress: boolean): readonly SecurityGroupRuleView[] =>
    rules.filter((rule) => rule.isEgress === isEgress).flatMap(ruleView);
  return { groupId, ingress: view(false), egress: view(true) };
}

function ruleView({ protocol, fromPort, toPort, peer }: SecurityGroupRuleRecord): readonly SecurityGroupRuleView[] {
  if ('cidrIpv6' in peer) return [];
  return [
    {
      protocol: protocolNumber(protocol),
      ...(fromPort === undefined ? {} : { fromPort }),
      ...(toPort === undefined ? {} : { toPort }),
      peer: 'cidrIpv4' in peer ? { cidr: peer.cidrIpv4 } : { groupId: peer.groupId },
    },
  ];
}

/** A network interface by what makes it a member of security groups. */
export interface SecurityGroupMember {
  readonly networkInterfaceId: string;
  readonly privateIpv4Address: string;
  readonly securityGroupIds: readonly string[];
}

export function securityGroupMembers(reader: Reader, groupId: string): Iterable<SecurityGroupMember> {
  return reader.find(networkInterfaces, 'group', groupId);
}

export function securityGroupMember(reader: Reader, networkInterfaceId: string): SecurityGroupMember | undefined {
  return reader.get(networkInterfaces, networkInterfaceId);
}

/** Tells of groups whose rules changed and of interfaces that came or went, by their ids. Returns what ends it. */
export function watchSecurityGroups(
  store: Store,
  listener: { readonly onGroup: (groupId: string) => void; readonly onInterface: (networkInterfaceId: string) => void },
): () => void {
  const stops = [store.watch(securityGroups, listener.onGroup), store.watch(networkInterfaces, listener.onInterface)];
  return () => {
    for (const stop of stops) stop();
  };
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

export function setSecurityGroups(
  tx: Transaction,
  networkInterfaceId: string,
  securityGroupIds: readonly string[],
): void {
  const present = tx.get(networkInterfaces, networkInterfaceId);
  assert(present, `interface ${networkInterfaceId} exists`);
  tx.put(networkInterfaces, { ...present, securityGroupIds });
}

export function deleteNetworkInterface(tx: Transaction, networkInterfaceId: string): void {
  tx.delete(networkInterfaces, networkInterfaceId);
}

function inScope(record: Scope, scope: Scope): boolean {
  return record.accountId === scope.accountId && record.region === scope.region;
}
