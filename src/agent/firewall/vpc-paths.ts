import type { Firewall } from '../../world/firewall.ts';
import type { Log } from '../../world/world.ts';
import { bridgePrefix } from '../docker-config.ts';

/** The ways between the subnets of a VPC on this machine, each of which is a network of its own to the engine. */
export interface VpcPaths {
  /** Resolves when tasks in any two subnets of the block can dial each other, as far as their security groups allow. */
  open(vpcCidrBlock: string): Promise<void>;
}

/** Where it cannot be done, tasks run all the same: they reach those of their own subnet, and the log says so. */
export function createVpcPaths({ firewall, log }: { firewall: Firewall | undefined; log: Log }): VpcPaths {
  return {
    async open(vpcCidrBlock) {
      try {
        if (!firewall) throw new Error('the container engine is on another machine, or this is not Linux');
        await firewall.joinBridges(bridgePrefix, vpcCidrBlock);
      } catch (error) {
        log.warn('tasks in different subnets of a VPC do not reach each other here', {
          vpcCidrBlock,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    },
  };
}
