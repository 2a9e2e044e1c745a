import type { Docker } from '../world/docker.ts';
import type { ReadyInterface } from './contract.ts';
import { bridgeNameOf, networkNameOf } from './docker-config.ts';
import type { VpcPaths } from './firewall/vpc-paths.ts';

/** The networks of subnets on the engine. */
export interface SubnetNetworks {
  /** Resolves when the network is there, and open to the others of its VPC. */
  prepared(subnet: ReadyInterface['subnet']): Promise<void>;
  /** Perhaps they went: they are looked for again. */
  forget(): void;
}

export function createSubnetNetworks(docker: Docker, vpcPaths: VpcPaths): SubnetNetworks {
  const networks = new Map<string, Promise<void>>();

  async function makeNetwork(name: string, cidrBlock: string, gateway: string): Promise<void> {
    if (await docker.inspectNetwork(name)) return;
    try {
      await docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        IPAM: { Config: [{ Subnet: cidrBlock, Gateway: gateway }] },
        Options: {
          'com.docker.network.bridge.enable_icc': 'true',
          'com.docker.network.bridge.name': bridgeNameOf(cidrBlock),
        },
        Labels: { 'longshore.subnet': cidrBlock },
      });
    } catch (error) {
      if (await docker.inspectNetwork(name)) return; // another agent was quicker
      throw error;
    }
  }

  return {
    async prepared({ cidrBlock, gateway, vpcCidrBlock = cidrBlock }) {
      const name = networkNameOf(cidrBlock);
      const shared =
        networks.get(name) ?? makeNetwork(name, cidrBlock, gateway).then(() => vpcPaths.open(vpcCidrBlock));
      networks.set(name, shared);
      // Known networks are not asked for again; one that was removed meanwhile shows when a container joins it.
      await shared.catch((error: unknown) => {
        networks.delete(name);
        throw error;
      });
    },
    forget: () => networks.clear(),
  };
}
