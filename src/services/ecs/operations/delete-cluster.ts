import type { DeleteClusterRequest, DeleteClusterResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { showCluster } from '../cluster-view.ts';
import { clusterContainsContainerInstances, clusterContainsServices, clusterContainsTasks } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { services } from '../service-tables.ts';
import { type ClusterRecord, clusters, containerInstances, tasks } from '../tables.ts';

/** Makes an empty cluster INACTIVE: described still, listed and used no more. */
export const deleteCluster: Operation<DeleteClusterRequest, DeleteClusterResponse, EcsParts> = async (
  input,
  { call, store },
) =>
  await store.update((tx, env) => {
    const cluster = findCluster(tx, call, input.cluster);
    if (tx.count(containerInstances, 'cluster', cluster.arn) > 0) throw clusterContainsContainerInstances();
    if (tx.count(services, 'live', cluster.arn) > 0) throw clusterContainsServices();
    if (tx.count(tasks, 'active', cluster.arn) > 0) throw clusterContainsTasks();
    const deleted: ClusterRecord = { ...cluster, status: 'INACTIVE', tags: [], deletedAt: env.now };
    tx.put(clusters, deleted);
    return { cluster: showCluster(tx, deleted) };
  });
