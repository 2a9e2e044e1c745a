import type { ReadyInterface } from '../../../agent/contract.ts';
import type { Scope } from '../../../core/scope.ts';
import type { Reader } from '../../../store/store.ts';
import { findSubnet, readyInterfacesFor } from '../../ec2/public.ts';

/** The ready interfaces that one agent has been told of, and whether it has to be told anew. */
export class ReadyInterfaceFeed {
  readonly #scope: Scope;
  readonly #instanceArn: string;
  #told: string | undefined;
  /** Something may have to be told. */
  hasNews = true;

  constructor(scope: Scope, instanceArn: string) {
    this.#scope = scope;
    this.#instanceArn = instanceArn;
  }

  /** What is to be told now; nothing when all is known. */
  next(reader: Reader): readonly ReadyInterface[] | undefined {
    this.hasNews = false;
    const interfaces = readyInterfacesFor(reader, this.#instanceArn).flatMap((held) => {
      const subnet = findSubnet(reader, this.#scope, held.subnetId);
      if (!subnet) return []; // it was deleted a moment ago
      const { privateIpv4Address, macAddress, privateDnsName } = held;
      const { cidrBlock, gateway, vpcCidrBlock } = subnet;
      return [{ privateIpv4Address, macAddress, privateDnsName, subnet: { cidrBlock, gateway, vpcCidrBlock } }];
    });
    return JSON.stringify(interfaces) === this.#told ? undefined : interfaces;
  }

  tell(interfaces: readonly ReadyInterface[]): void {
    this.#told = JSON.stringify(interfaces);
  }
}
