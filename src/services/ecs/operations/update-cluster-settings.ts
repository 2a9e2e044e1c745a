import type { UpdateClusterSettingsRequest, UpdateClusterSettingsResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { showCluster } from '../cluster-view.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { settingRefusals } from '../rules/cluster-settings.ts';
import { clusters } from '../tables.ts';

/** Sets the settings of a cluster. */
export const updateClusterSettings: Operation<
  UpdateClusterSettingsRequest,
  UpdateClusterSettingsResponse,
  EcsParts
> = async (input, { call, store }) => {
  if (input.settings.length === 0) throw invalidParameter('Settings cannot be empty.');
  throwFirst(settingRefusals(input.settings));
  return await store.update((tx) => {
    const changed = { ...findCluster(tx, call, input.cluster), settings: input.settings };
    tx.put(clusters, changed);
    return { cluster: showCluster(tx, changed) };
  });
};
