import type { CreateClusterRequest, CreateClusterResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { showCluster } from '../cluster-view.ts';
import { effectiveSetting, settingPrincipal } from '../effective-setting.ts';
import { clientError, invalidParameter, notBuilt, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { defaultClusterName, ecsArn } from '../references.ts';
import {
  capacityProviderRefusals,
  strategyRefusals,
  strategyWithDefaults,
} from '../rules/capacity-provider-strategy.ts';
import { configurationRefusals, settingRefusals } from '../rules/cluster-settings.ts';
import { limits } from '../rules/limits.ts';
import { isName } from '../rules/names.ts';
import { keptTags, tagRefusals } from '../rules/tags.ts';
import { type ClusterRecord, clusters } from '../tables.ts';

/** Creates a cluster. A name that an ACTIVE cluster has gives that cluster as it is; a deleted one's starts afresh. */
export const createCluster: Operation<CreateClusterRequest, CreateClusterResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  const name = input.clusterName ?? defaultClusterName;
  const capacityProviders = input.capacityProviders ?? [];
  const strategy = input.defaultCapacityProviderStrategy ?? [];
  if (!isName(name)) throw invalidParameter('Cluster name contains invalid characters or has more than 255 of them.');
  throwFirst(tagRefusals(input.tags));
  throwFirst(settingRefusals(input.settings));
  throwFirst(configurationRefusals(input.configuration));
  throwFirst(capacityProviderRefusals(capacityProviders));
  throwFirst(strategyRefusals(strategy, capacityProviders));
  if (input.serviceConnectDefaults) throw notBuilt('serviceConnectDefaults');
  return await store.update((tx, env) => {
    const arn = ecsArn(call, `cluster/${name}`);
    const present = tx.get(clusters, arn);
    if (present?.status === 'ACTIVE') return { cluster: showCluster(tx, present) };
    if (tx.count(clusters, 'active', scopeKey(call)) >= limits.clustersPerScope) {
      throw clientError(`An account can have at most ${limits.clustersPerScope} clusters in a region.`);
    }
    const containerInsights = effectiveSetting(tx, call, settingPrincipal(call), 'containerInsights');
    const cluster: ClusterRecord = {
      accountId: call.accountId,
      region: call.region,
      arn,
      name,
      status: 'ACTIVE',
      settings: input.settings?.length ? input.settings : [{ name: 'containerInsights', value: containerInsights }],
      ...(input.configuration ? { configuration: input.configuration } : {}),
      capacityProviders,
      defaultCapacityProviderStrategy: strategyWithDefaults(strategy),
      tags: keptTags(input.tags),
      createdAt: env.now,
    };
    tx.put(clusters, cluster);
    return { cluster: showCluster(tx, cluster) };
  });
};
