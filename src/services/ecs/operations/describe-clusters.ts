import type { DescribeClustersRequest, DescribeClustersResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { showCluster } from '../cluster-view.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { clusterArnOf, defaultClusterName } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { notOneOf } from '../rules/refusal.ts';
import { clusters } from '../tables.ts';

const fields = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'] as const;

/** Describes clusters, deleted ones too; one that never was is a failure with the reason MISSING. */
export const describeClusters: Operation<DescribeClustersRequest, DescribeClustersResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const include = input.include ?? [];
  for (const field of include) throwFirst(notOneOf('include', field, fields));
  const references = input.clusters?.length ? input.clusters : [defaultClusterName];
  if (references.length > limits.describedClusters) {
    throw invalidParameter(`clusters can have at most ${limits.describedClusters} entries.`);
  }
  const arns = references.map((reference) => clusterArnOf(call, reference));
  return store.view((reader) => {
    const found = arns.flatMap((arn) => reader.get(clusters, arn) ?? []);
    return {
      clusters: found.map((cluster) => showCluster(reader, cluster, include)),
      failures: arns.filter((arn) => !reader.get(clusters, arn)).map((arn) => ({ arn, reason: 'MISSING' })),
    };
  });
};
