import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';
import type { Kept } from '../../tables.ts';

/**
 * How many failed tasks make a deployment fail. Of a percentage the count follows the service's desired count, rounded
 * up; what is not configured is half of it, at least 3 and at most 200. Never less than one: a service of no tasks would
 * fail before anything has.
 */
export function circuitBreakerThreshold(
  desiredCount: number,
  configuration?: Kept<Pick<DeploymentCircuitBreaker, 'thresholdConfiguration'>>,
): number {
  const { type, value } = configuration?.thresholdConfiguration ?? defaultThreshold;
  if (type === 'COUNT') return Math.max(value, 1);
  // In this order: 0.07 × 100 is a little more than 7 in binary, and rounding up would make it 8.
  const share = Math.ceil((value * desiredCount) / 100);
  if (type === 'UNBOUNDED_PERCENT') return Math.max(share, 1);
  return Math.min(Math.max(share, bounds.min), bounds.max);
}

/** What AWS echoes where nothing is configured. */
export const defaultThreshold = { type: 'BOUNDED_PERCENT', value: 50 } as const;

const bounds = { min: 3, max: 200 } as const;
