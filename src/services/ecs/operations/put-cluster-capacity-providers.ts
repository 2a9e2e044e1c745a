import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { showCluster } from '../cluster-view.ts';
import { resourceInUse, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { activeTasksByProvider, providerKey } from '../projections.ts';
import { findCluster } from '../references.ts';
import {
  capacityProviderRefusals,
  strategyRefusals,
  strategyWithDefaults,
} from '../rules/capacity-provider-strategy.ts';
import { services } from '../service-tables.ts';
import { type ClusterRecord, clusters } from '../tables.ts';

/** Replaces the capacity providers of a cluster and its default strategy; one that runs tasks, or that a service counts on, cannot go. */
export const putClusterCapacityProviders: Operation<
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse,
  EcsParts
> = async (input, { call, store }) => {
  const { capacityProviders, defaultCapacityProviderStrategy } = input;
  throwFirst(capacityProviderRefusals(capacityProviders));
  throwFirst(strategyRefusals(defaultCapacityProviderStrategy, capacityProviders));
  return await store.update((tx) => {
    const cluster = findCluster(tx, call, input.cluster);
    const leaving = cluster.capacityProviders.filter((name) => !capacityProviders.includes(name));
    for (const name of leaving) {
      if (tx.projected(activeTasksByProvider).has(providerKey(cluster.arn, name))) throw resourceInUse();
    }
    if (leaving.length > 0 && countsOnOneOf(tx, cluster, leaving)) throw resourceInUse();
    const changed = {
      ...cluster,
      capacityProviders,
      defaultCapacityProviderStrategy: strategyWithDefaults(defaultCapacityProviderStrategy),
    };
    tx.put(clusters, changed);
    return { cluster: showCluster(tx, changed) };
  });
};

function countsOnOneOf(reader: Reader, { arn }: ClusterRecord, leaving: readonly string[]): boolean {
  for (const { settings } of reader.find(services, 'live', arn)) {
    const strategy = settings?.capacityProviderStrategy ?? [];
    if (strategy.some(({ capacityProvider }) => leaving.includes(capacityProvider))) return true;
  }
  return false;
}
