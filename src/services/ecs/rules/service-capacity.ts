import type { CapacityProviderStrategyItem, LaunchType } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';

/** Where the tasks of a service run, as clusters count services and listings filter them. */
export type CapacityKind = 'EC2' | 'FARGATE' | 'EXTERNAL';

/** A launch type or a strategy; a strategy is one of FARGATE and FARGATE_SPOT, the only providers there are. */
export interface Capacity {
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly Kept<CapacityProviderStrategyItem>[];
}

/** What the API shows of Fargate's platform. */
export const fargatePlatformVersion = '1.4.0';

/** A service without settings (EXTERNAL without a primary task set) counts as EC2, the launch type of no choice. */
export function capacityKindOf({ settings }: { readonly settings?: Capacity }): CapacityKind {
  if (settings?.capacityProviderStrategy?.length) return 'FARGATE';
  const launchType = settings?.launchType ?? 'EC2';
  return launchType === 'MANAGED_INSTANCES' ? 'EC2' : launchType;
}
