import { assert } from '../../core/assert.ts';
import type { Scope } from '../../core/scope.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';

/** A subnet as other services need it. */
export interface SubnetView {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** First address of the block: the gateway, and the network's own address in the engine. */
  readonly gateway: string;
}

/** A network interface as other services need it. */
export interface NetworkInterfaceView {
  readonly networkInterfaceId: string;
  readonly macAddress: string;
  readonly privateIpv4Address: string;
  readonly privateDnsName: string;
}

export function findSubnet(_reader: Reader, _scope: Scope, _subnetId: string): SubnetView | undefined {
  assert(false, 'being written');
}

/** The VPC of a security group, undefined when there is no such group. */
export function vpcOfSecurityGroup(_reader: Reader, _scope: Scope, _groupId: string): string | undefined {
  assert(false, 'being written');
}

export function defaultSecurityGroup(_reader: Reader, _vpcId: string): string | undefined {
  assert(false, 'being written');
}

/** Makes an interface with a free address of the subnet; undefined when the subnet has no free address. */
export function createNetworkInterface(
  _tx: Transaction,
  _env: Env,
  _wanted: Scope & {
    readonly subnetId: string;
    readonly securityGroupIds: readonly string[];
    readonly description: string;
  },
): NetworkInterfaceView | undefined {
  assert(false, 'being written');
}

export function deleteNetworkInterface(_tx: Transaction, _networkInterfaceId: string): void {
  assert(false, 'being written');
}
