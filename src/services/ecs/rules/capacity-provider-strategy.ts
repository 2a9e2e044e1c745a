/** Capacity provider strategies: what is wrong with one, and which provider each task goes to. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';
import { limits } from './limits.ts';
import { client, invalid, outOfRange, type Refusal } from './refusal.ts';

type StrategyItem = Kept<CapacityProviderStrategyItem>;
export type CapacityStrategy = readonly StrategyItem[];

/** The capacity providers that every account has. */
export const fargateCapacityProviders: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];

/** What is wrong with a list of capacity providers to associate with a cluster. */
export function* capacityProviderRefusals(names: readonly string[]): Generator<Refusal> {
  if (names.length > limits.capacityProvidersPerCluster) {
    yield invalid(`A cluster can have at most ${limits.capacityProvidersPerCluster} capacity providers.`);
  }
  for (const name of names) {
    if (!fargateCapacityProviders.includes(name)) {
      yield client(
        `The specified capacity provider '${name}' was not found. Longshore supports only FARGATE and FARGATE_SPOT yet.`,
      );
    }
  }
  if (new Set(names).size < names.length) yield invalid('The same capacity provider is specified more than once.');
}

/** What is wrong with a strategy over the capacity providers that its cluster has. */
export function* strategyRefusals(strategy: CapacityStrategy, associated: readonly string[]): Generator<Refusal> {
  if (strategy.length > limits.strategyItems) {
    yield invalid(`A capacity provider strategy can have at most ${limits.strategyItems} capacity providers.`);
  }
  for (const { capacityProvider, weight, base } of strategy) {
    if (!associated.includes(capacityProvider)) {
      yield invalid(
        'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
      );
    }
    yield* outOfRange('weight', weight, limits.strategyWeight);
    yield* outOfRange('base', base, limits.strategyBase);
  }
  if (new Set(strategy.map((item) => item.capacityProvider)).size < strategy.length) {
    yield invalid('A capacity provider strategy cannot contain the same capacity provider more than once.');
  }
  if (strategy.filter((item) => (item.base ?? 0) > 0).length > 1) {
    yield invalid('Only one capacity provider in a capacity provider strategy can have a base defined.');
  }
  // A single provider may leave its weight at the default of 0: there is nothing to share out.
  if (strategy.length > 1 && strategy.every((item) => (item.weight ?? 0) === 0)) {
    yield invalid('A capacity provider strategy must have a capacity provider with a weight greater than 0.');
  }
}

/** A strategy as AWS shows it: weight and base written out. */
export function strategyWithDefaults(strategy: CapacityStrategy): CapacityStrategy {
  return strategy.map(({ capacityProvider, weight, base }) => ({
    capacityProvider,
    weight: weight ?? 0,
    base: base ?? 0,
  }));
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
  const share = (item: CapacityStrategy[number]): number => (given(item) - (item.base ?? 0)) / (item.weight || 1);
  const isAlone = strategy.length === 1;
  let least: CapacityStrategy[number] | undefined;
  for (const item of strategy) if ((item.weight || isAlone) && (!least || share(item) < share(least))) least = item;
  return least;
}
