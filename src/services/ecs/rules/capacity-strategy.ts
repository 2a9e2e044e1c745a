/** Which capacity provider each task of a request goes to. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';
import { limits } from './limits.ts';
import { invalid, outOfRange, type Refusal } from './refusal.ts';

export type CapacityStrategy = readonly Kept<CapacityProviderStrategyItem>[];

export function* capacityStrategyRefusals(strategy: CapacityStrategy, attached: readonly string[]): Generator<Refusal> {
  if (strategy.length > limits.strategyItems) {
    yield invalid(`A capacity provider strategy can have at most ${limits.strategyItems} items.`);
  }
  for (const { capacityProvider, weight, base } of strategy) {
    yield* outOfRange('weight', weight, limits.strategyWeight);
    yield* outOfRange('base', base, limits.strategyBase);
    if (!attached.includes(capacityProvider)) {
      yield invalid(
        `The specified capacity provider strategy contains a capacity provider that is not associated with the cluster: ${capacityProvider}. Associate the capacity provider with the cluster and try again.`,
      );
    }
    if (capacityProvider !== 'FARGATE' && capacityProvider !== 'FARGATE_SPOT') {
      yield invalid(`Longshore does not support the capacity provider ${capacityProvider} yet.`);
    }
  }
  if (strategy.filter(({ base }) => (base ?? 0) > 0).length > 1) {
    yield invalid('Only one capacity provider of a strategy can have a base.');
  }
  if (strategy.every(({ weight }) => (weight ?? 0) === 0)) {
    yield invalid('At least one capacity provider of a strategy must have a weight greater than 0.');
  }
}

/**
 * The provider of each of `count` tasks: the base first, then each to the item that has least of its share so far, so
 * that any beginning of the list is as near to the weights as it can be.
 */
export function assignProviders(strategy: CapacityStrategy, count: number): readonly string[] {
  const assigned = new Map<string, number>();
  const providers: string[] = [];
  const given = ({ capacityProvider }: CapacityStrategy[number]): number => assigned.get(capacityProvider) ?? 0;
  while (providers.length < count) {
    const based = strategy.find((item) => given(item) < (item.base ?? 0));
    const item = based ?? leastServed(strategy, given);
    if (!item) return providers;
    assigned.set(item.capacityProvider, given(item) + 1);
    providers.push(item.capacityProvider);
  }
  return providers;
}

function leastServed(
  strategy: CapacityStrategy,
  given: (item: CapacityStrategy[number]) => number,
): CapacityStrategy[number] | undefined {
  const share = (item: CapacityStrategy[number]): number => (given(item) - (item.base ?? 0)) / (item.weight ?? 0);
  let least: CapacityStrategy[number] | undefined;
  for (const item of strategy) if (item.weight && (!least || share(item) < share(least))) least = item;
  return least;
}
