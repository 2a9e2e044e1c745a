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

/** What one of several fleets of a service has and is to have. */
export interface FleetSize {
  /** Pending and running. */
  readonly active: number;
  /** As many as it is still to have or to keep; 0 for one that goes. */
  readonly claim: number;
}

/**
 * The upper bound of one fleet while a deployment in stages is under way. Two fleets of the desired count are what such a
 * deployment is, so together they may be 200 % of it, or as much as maximumPercent allows where that is more. Neither
 * takes what the other still needs to be complete.
 */
export function upperOfFleet(desiredCount: number, bounds: Bounds, other: FleetSize): number {
  return Math.max(2 * desiredCount, bounds.upper) - Math.max(other.active, other.claim);
}

/**
 * The lower bound of one fleet: what serves keeps it by itself, as all traffic may be on it; of one that goes, what the
 * healthy tasks of all others do not make up for stays.
 */
export function lowerOfFleet(bounds: Bounds, isGoing: boolean, healthyElsewhere: number): number {
  return isGoing ? Math.max(bounds.lower - healthyElsewhere, 0) : bounds.lower;
}
