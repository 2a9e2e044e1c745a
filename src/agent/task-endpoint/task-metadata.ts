import type { Instant } from '../../core/instant.ts';
import type { ContainerInspect } from '../../world/docker.ts';
import type { StorageUsage } from '../volumes/task-storage.ts';
import { pauseName, type TaskRecord } from '../state.ts';
import { containerMetadata, knownStatus, type MetadataVersion, timeOf, withoutEmpty } from './container-metadata.ts';

const mebibyte = 1024 * 1024;

export interface Tags {
  readonly TaskTags?: Readonly<Record<string, string>>;
  readonly ContainerInstanceTags?: Readonly<Record<string, string>>;
  readonly Errors?: readonly object[];
}

/** A task in the words of the task metadata endpoint. `seen` is what the engine says of its containers, by name. */
export function taskMetadata(
  task: TaskRecord,
  seen: ReadonlyMap<string, ContainerInspect>,
  version: MetadataVersion,
  now: Instant,
  tags: Tags = {},
  storage?: StorageUsage,
): Readonly<Record<string, unknown>> {
  const { payload } = task;
  const limits = withoutEmpty({ CPU: payload.cpu, Memory: payload.memory });
  return withoutEmpty({
    Cluster: payload.taskClusterArn,
    TaskARN: task.arn,
    Family: payload.family,
    Revision: payload.version,
    DesiredStatus: task.desiredStatus,
    KnownStatus: taskStatus(task),
    Limits: limits,
    PullStartedAt: timeOf(task.pullStartedAt),
    PullStoppedAt: timeOf(task.pullStoppedAt),
    ExecutionStoppedAt: timeOf(task.executionStoppedAt),
    AvailabilityZone: payload.zone,
    TaskTags: tags.TaskTags,
    ContainerInstanceTags: tags.ContainerInstanceTags,
    ...(version === 4
      ? {
          LaunchType: payload.launchType,
          VPCID: payload.longshore?.subnet?.vpcId,
          ServiceName: payload.serviceName,
          Group: payload.group,
          Errors: tags.Errors,
          // Longshore's tasks keep the host's clock, and whoever keeps that in time has not told us how well.
          ...(payload.launchType === 'FARGATE' && {
            ClockDrift: { ReferenceTimestamp: timeOf(now), ClockSynchronizationStatus: 'NOT_SYNCHRONIZED' },
          }),
          ...(storage && {
            EphemeralStorageMetrics: {
              Utilized: Math.ceil(storage.usedBytes / mebibyte),
              Reserved: Math.floor(storage.sizeBytes / mebibyte),
            },
          }),
          AvailabilityZoneID: payload.longshore?.zoneId,
          FaultInjectionEnabled: payload.enableFaultInjection ?? false,
        }
      : {}),
    Containers: payload.containers.map((wanted) => containerMetadata(task, wanted, seen.get(wanted.name), version)),
  });
}

/** As far as the least of its containers is; STOPPED when all are. */
function taskStatus(task: TaskRecord): string {
  if (task.stoppedAt !== undefined) return 'STOPPED';
  const order = ['NONE', 'PULLED', 'CREATED', 'RUNNING', 'STOPPED'];
  const reached = Object.values(task.containers)
    .filter((record) => record.name !== pauseName)
    .map((record) => order.indexOf(knownStatus(record)));
  return order[Math.min(...reached, order.length - 1)] ?? 'NONE';
}
