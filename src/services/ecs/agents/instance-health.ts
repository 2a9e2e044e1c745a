import type { Instant } from '../../../core/instant.ts';
import { type JsonObject, numberIn, textIn } from './frames.ts';

/** One check of an instance's health, as its agent reports it. */
export interface InstanceHealth {
  readonly type: 'CONTAINER_RUNTIME' | 'ACCELERATED_COMPUTE';
  readonly status: 'OK' | 'IMPAIRED' | 'INSUFFICIENT_DATA' | 'INITIALIZING';
  readonly lastUpdated: Instant;
  readonly lastStatusChange: Instant;
}

/** One entry of a PublishInstanceStatusRequest; undefined for checks that the API does not show. */
export function readInstanceHealth(status: JsonObject, now: Instant): InstanceHealth | undefined {
  const type = checkTypes[textIn(status, 'type') ?? ''];
  const state = instanceHealthStatuses.find((known) => known === status['status']);
  if (!type || !state) return undefined;
  return {
    type,
    status: state,
    lastUpdated: readTime(status, 'lastUpdated') ?? now,
    lastStatusChange: readTime(status, 'lastStatusChange') ?? now,
  };
}

const instanceHealthStatuses: readonly InstanceHealth['status'][] = [
  'OK',
  'IMPAIRED',
  'INSUFFICIENT_DATA',
  'INITIALIZING',
];

/** The agent's names of its checks and those of the API. Its other checks (itself, the EBS daemon) the API does not show. */
const checkTypes: Readonly<Record<string, InstanceHealth['type']>> = {
  ContainerRuntime: 'CONTAINER_RUNTIME',
  ACCELERATED_COMPUTE: 'ACCELERATED_COMPUTE',
};

/** The agent writes times as seconds since 1970. */
function readTime(status: JsonObject, name: string): Instant | undefined {
  const seconds = numberIn(status, name);
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
