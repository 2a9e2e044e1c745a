import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { showCluster } from '../cluster-view.ts';
import { resourceInUse, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import {
  capacityProviderRefusals,
  strategyRefusals,
  strategyWithDefaults,
} from '../rules/capacity-provider-strategy.ts';
import { clusters, tasks } from '../tables.ts';

/** Replaces the capacity providers of a cluster and its default strategy; one that runs tasks cannot go. */
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
    for (const name of cluster.capacityProviders) {
      if (capacityProviders.includes(name)) continue;
      if (tx.count(tasks, 'capacityProvider', `${cluster.arn}/${name}`) > 0) throw resourceInUse();
    }
    const changed = {
      ...cluster,
      capacityProviders,
      defaultCapacityProviderStrategy: strategyWithDefaults(defaultCapacityProviderStrategy),
    };
    tx.put(clusters, changed);
    return { cluster: showCluster(tx, changed) };
  });
};
