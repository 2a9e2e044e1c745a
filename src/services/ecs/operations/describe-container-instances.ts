import type {
  ContainerInstance,
  ContainerInstanceHealthStatus,
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse,
  Failure,
} from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import type { InstanceHealth } from '../agents/instance-health.ts';
import { invalidParameter } from '../errors.ts';
import { findInstance } from '../instance-reference.ts';
import type { EcsParts } from '../parts.ts';
import { usageOf } from '../projections.ts';
import { containerInstanceArnOf, findCluster } from '../references.ts';
import { instanceView } from '../rules/instance-view.ts';
import { limits } from '../rules/limits.ts';

/** Instances of one cluster by id or ARN; deregistered ones too, for an hour. */
export const describeContainerInstances: Operation<
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse,
  EcsParts
> = (input, { call, store, parts }) =>
  store.view((reader) => {
    const { arn: clusterArn } = findCluster(reader, call, input.cluster);
    if (input.containerInstances.length === 0) throw invalidParameter('Container instances cannot be empty.');
    if (input.containerInstances.length > limits.page.max) {
      throw invalidParameter(`containerInstances can have at most ${limits.page.max} items.`);
    }
    const include = new Set(input.include ?? []);
    const containerInstances: Answer<ContainerInstance>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(input.containerInstances.map((it) => containerInstanceArnOf(call, clusterArn, it)))) {
      const instance = findInstance(reader, arn);
      if (!instance) {
        failures.push({ arn, reason: 'MISSING' });
        continue;
      }
      containerInstances.push({
        ...instanceView(instance, usageOf(reader, arn)),
        ...(include.has('TAGS') ? { tags: instance.tags } : {}),
        ...(include.has('CONTAINER_INSTANCE_HEALTH') ? { healthStatus: healthView(parts.agents.healthOf(arn)) } : {}),
      });
    }
    return { containerInstances, failures };
  });

/** The worst check is the whole; before the first report nothing is known. */
function healthView(checks: readonly InstanceHealth[]): Answer<ContainerInstanceHealthStatus> {
  const worst = (['IMPAIRED', 'INSUFFICIENT_DATA', 'INITIALIZING', 'OK'] as const).find((status) =>
    checks.some((check) => check.status === status),
  );
  return {
    overallStatus: worst ?? 'INSUFFICIENT_DATA',
    details: checks.map((check) => ({
      type: check.type,
      status: check.status,
      lastUpdated: toDate(check.lastUpdated),
      lastStatusChange: toDate(check.lastStatusChange),
    })),
  };
}
