import type { HttpHandler, HttpResponse } from '../world/net.ts';
import type { BoundService, BoundSocket } from './bound-service.ts';
import { AwsError } from './error.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readHead, readPairs } from './request-head.ts';
import { newRequestId } from './request-id.ts';
import type { Verifier } from './sigv4.ts';
import { authorize } from './steps/authorize.ts';
import { isAllowedHost, isForeignOrigin } from './steps/check-host.ts';
import { logFailure } from './steps/reply.ts';

/** Websocket upgrades: a signed GET with an empty body, then the endpoint of the service that has the path. */
export function createUpgrade(parts: UpgradeParts): HttpHandler['upgrade'] {
  const endpoints = new Map<string, { readonly service: BoundService; readonly endpoint: BoundSocket }>();
  for (const service of parts.services) {
    for (const [path, endpoint] of service.sockets) endpoints.set(path, { service, endpoint });
  }
  return async (request) => {
    const head = readHead(request);
    const hostAllowed = isAllowedHost(head, parts.allowedHosts);
    if ((!hostAllowed && !head.headers.has('authorization')) || isForeignOrigin(head)) {
      return refused(403, 'AccessDeniedException', 'The Host or Origin of the request is not one of this server.');
    }
    const found = endpoints.get(head.path);
    if (!found) return refused(404, 'BadRequestException', 'There is no websocket at this path.');
    const now = parts.clock.now();
    const verdict = parts.verifier.verify(head, emptyBody, found.service.name, now);
    if ('problem' in verdict) return refused(403, 'AccessDeniedException', verdict.message);
    const requestId = newRequestId(parts.random);
    const { principal } = verdict;
    const call = {
      requestId,
      service: found.service.name,
      operation: head.path,
      principal,
      accountId: principal.accountId,
      region: parts.region,
      endpoint: `http://${head.headers.get('host') ?? 'localhost'}`,
      sourceAddress: request.remoteAddress,
      receivedAt: now,
    };
    try {
      const query = new Map(readPairs(head.query, true));
      authorize(parts, found.service, 'json', call, Object.fromEntries(query));
      return await found.endpoint(request, query, call, parts.store);
    } catch (error) {
      if (error instanceof AwsError) return refused(error.status ?? 400, error.code, error.message);
      logFailure(error, { requestId, model: undefined, operation: head.path }, parts.log);
      return refused(500, 'ServerException', 'The request processing has failed because of an unknown error.');
    }
  };
}

export interface UpgradeParts extends Omit<GatewayParts, 'allowedHosts'> {
  readonly allowedHosts: ReadonlySet<string>;
  readonly verifier: Verifier;
}

const emptyBody = new Uint8Array(0);

/** The one form of a refusal that amazon-ecs-agent reads besides its own frames: a single key, the error's name. */
function refused(status: number, code: string, message: string): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ [code]: message }) };
}
