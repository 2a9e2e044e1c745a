import type { UpdateClusterRequest, UpdateClusterResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { showCluster } from '../cluster-view.ts';
import { notBuilt, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { configurationRefusals, settingRefusals } from '../rules/cluster-settings.ts';
import { clusters } from '../tables.ts';

/** Changes what is given of a cluster and leaves the rest. */
export const updateCluster: Operation<UpdateClusterRequest, UpdateClusterResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  throwFirst(settingRefusals(input.settings));
  throwFirst(configurationRefusals(input.configuration));
  // An empty namespace takes the default away, and there is none to take.
  if (input.serviceConnectDefaults?.namespace) throw notBuilt('serviceConnectDefaults');
  return await store.update((tx) => {
    const cluster = findCluster(tx, call, input.cluster);
    const configuration = { ...cluster.configuration, ...input.configuration };
    const changed = {
      ...cluster,
      ...(input.settings?.length ? { settings: input.settings } : {}),
      ...(input.configuration ? { configuration } : {}),
    };
    tx.put(clusters, changed);
    return { cluster: showCluster(tx, changed) };
  });
};
