import type { Clock } from '../../world/world.ts';
import type { Backend } from '../contract.ts';

export interface PollEndpoints {
  readonly endpoint: string;
  readonly telemetryEndpoint: string;
}

/** Where the websockets are. Kept for 12 hours as the stock agent does, and beyond when nobody answers. */
export function createPollEndpoints(
  backend: Backend,
  clock: Clock,
): (cluster: string, instanceArn: string) => Promise<PollEndpoints> {
  let known: { readonly arn: string; readonly atMs: number; readonly endpoints: PollEndpoints } | undefined;
  return async (cluster, instanceArn) => {
    if (known?.arn === instanceArn && clock.monotonicMs() - known.atMs < keptMs) return known.endpoints;
    try {
      const answer = await backend.call('ecs', 'DiscoverPollEndpoint', { containerInstance: instanceArn, cluster });
      const { endpoint, telemetryEndpoint } = answer;
      if (typeof endpoint !== 'string' || typeof telemetryEndpoint !== 'string') {
        throw new Error('DiscoverPollEndpoint answered without endpoints');
      }
      known = { arn: instanceArn, atMs: clock.monotonicMs(), endpoints: { endpoint, telemetryEndpoint } };
      return known.endpoints;
    } catch (error) {
      if (known?.arn === instanceArn) return known.endpoints;
      throw error;
    }
  };
}

/** The websocket's address under an endpoint, with its query in the stock agent's order. */
export function socketUrl(endpoint: string, query: Readonly<Record<string, string>>): string {
  const base = endpoint.replace(/^http/, 'ws').replace(/\/?$/, '/');
  const pairs = Object.keys(query)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(query[name] ?? '')}`);
  return `${base}ws?${pairs.join('&')}`;
}

const keptMs = 12 * 3600_000;
