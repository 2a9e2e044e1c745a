import type { DiscoverPollEndpointRequest, DiscoverPollEndpointResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { acsPath, tcsPath } from '../agents/sockets.ts';
import type { EcsParts } from '../parts.ts';

/**
 * Where the caller's agent opens its sockets: under the address by which it reached us, which is the only one known to
 * work from there. Agents keep the answer for twelve hours.
 */
export const discoverPollEndpoint: Operation<DiscoverPollEndpointRequest, DiscoverPollEndpointResponse, EcsParts> = (
  _input,
  { call },
) => ({ endpoint: `${call.endpoint}${acsPath}`, telemetryEndpoint: `${call.endpoint}${tcsPath}` });
