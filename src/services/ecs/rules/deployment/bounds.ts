import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Kept } from '../../tables.ts';

/** How many tasks of a service are healthy at least, and RUNNING or PENDING at most, by the controller's own doing. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** The percentages of a service that names none. */
export const defaultPercents = {
  REPLICA: { minimumHealthyPercent: 100, maximumPercent: 200 },
  DAEMON: { minimumHealthyPercent: 0, maximumPercent: 100 },
} as const;

/** Both are of the desired count: the lower rounded up, the upper down. */
export function boundsOf(
  desiredCount: number,
  schedulingStrategy: 'REPLICA' | 'DAEMON',
  configuration: Kept<DeploymentConfiguration>,
): Bounds {
  const defaults = defaultPercents[schedulingStrategy];
  const { minimumHealthyPercent, maximumPercent } = configuration;
  // Products before quotients: both are whole numbers, so that only the last step rounds.
  return {
    lower: Math.ceil((desiredCount * (minimumHealthyPercent ?? defaults.minimumHealthyPercent)) / 100),
    upper: Math.floor((desiredCount * (maximumPercent ?? defaults.maximumPercent)) / 100),
  };
}
