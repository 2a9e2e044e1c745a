import type { Reconciler } from '../../../control/reconciler.ts';
import { deletedClustersByTime } from '../projections.ts';
import { limits } from '../rules/limits.ts';
import { clusters } from '../tables.ts';
import { removeDue } from './remove-due.ts';

/** Removes clusters a day after they were deleted: until then they can be described. */
export const deletedClusters: Reconciler = {
  name: 'ecs.deleted-clusters',
  wakes: [
    {
      table: clusters,
      keys: (reader, arn) => (reader.get(clusters, arn)?.deletedAt === undefined ? [] : ['all']),
    },
  ],
  all: () => ['all'],
  reconcile: (tx, env) => removeDue(tx, env, clusters, tx.projected(deletedClustersByTime), limits.deletedClusterMs),
};
