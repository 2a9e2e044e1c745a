/** How much of a service's traffic each revision is to get, and whether it does. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { StageState } from '../../service-tables.ts';
import type { Kept } from '../../tables.ts';

/** Percent. */
export interface TrafficWeights {
  readonly production: number;
  readonly test: number;
}

/** What the revision that is deployed gets of the traffic now, and what goes to neither it nor its source. */
export interface ObservedTraffic {
  readonly target: TrafficWeights;
  readonly others: TrafficWeights;
}

/** Whether traffic goes where it is wanted. Where nothing carries any, it counts as shifted at once. */
export function isShifted(
  wanted: Pick<StageState, 'productionWeight' | 'testWeight'>,
  observed: ObservedTraffic | undefined,
): boolean {
  if (!observed) return true;
  const { target, others } = observed;
  return (
    target.production === wanted.productionWeight &&
    target.test === wanted.testWeight &&
    others.production === 0 &&
    others.test === 0
  );
}

export interface ProductionSteps {
  /** Percent that the target gets after each step; the last is 100. */
  readonly weights: readonly number[];
  /** How long the deployment waits after each step but the last. */
  readonly bakeMs: number;
}

/** The steps in which production traffic goes over. */
export function productionSteps(configuration: Kept<DeploymentConfiguration>): ProductionSteps {
  const { strategy, linearConfiguration, canaryConfiguration } = configuration;
  if (strategy === 'LINEAR') {
    const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = linearConfiguration ?? {};
    const steps = Math.ceil(100 / stepPercent);
    // Percent have one decimal; 3 × 3.3 has more in binary.
    const weights = Array.from({ length: steps }, (_, index) =>
      Math.min(100, Math.round((index + 1) * stepPercent * 10) / 10),
    );
    return { weights, bakeMs: stepBakeTimeInMinutes * 60_000 };
  }
  if (strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = canaryConfiguration ?? {};
    return { weights: canaryPercent >= 100 ? [100] : [canaryPercent, 100], bakeMs: canaryBakeTimeInMinutes * 60_000 };
  }
  return { weights: [100], bakeMs: 0 };
}
