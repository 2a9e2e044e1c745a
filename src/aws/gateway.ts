import type { HttpHandler, HttpRequest, HttpResponse } from '../world/net.ts';
import { defaultLimits, type GatewayParts } from './gateway-parts.ts';
import { createLoadedServices, json11, type ClaimedService } from './loaded-services.ts';
import type { Call } from './operation.ts';
import { readHead, type RequestHead } from './request-head.ts';
import { newRequestId } from './request-id.ts';
import { createVerifier, type Verified } from './sigv4.ts';
import { createUpgrade } from './socket-gateway.ts';
import { authorize } from './steps/authorize.ts';
import { hostSet, isAllowedHost, isForeignOrigin } from './steps/check-host.ts';
import { checkForm, claimService, readSpoken } from './steps/claim.ts';
import { findOperation, invoke } from './steps/invoke.ts';
import { receive } from './steps/receive.ts';
import { plainRefusal } from './steps/refusal.ts';
import { type Progress, replyError } from './steps/reply.ts';
import { validate } from './steps/validate.ts';

/** Bytes in, AWS's answer out: the path of every request, step by step. */
export function createGateway(parts: GatewayParts): HttpHandler {
  const limits = { ...defaultLimits, ...parts.limits };
  const allowedHosts = hostSet(parts.allowedHosts);
  const services = createLoadedServices(parts.services);
  const verifier = createVerifier(parts);
  const receiving = { limits, allowedHosts, verifier, hash: parts.hash, accessKeys: parts.accessKeys };

  const answer = async (request: HttpRequest, head: RequestHead, progress: Progress): Promise<HttpResponse> => {
    // claim: the protocol by the head, the service by target and signature
    const spoken = readSpoken(head, services, allowedHosts);
    progress.family = spoken.family;
    progress.contentType = spoken.contentType;
    checkForm(head, spoken);
    const claiming = claimService(services, head, spoken);
    const claimed = claiming instanceof Promise ? await claiming : claiming;
    progress.family = claimed.family;
    progress.model = claimed.model;

    // receive: the body, and with it the signature (authenticate, authenticate-s3) and the operation
    const now = parts.clock.now();
    const { caller, operation: name, wire } = await receive(receiving, claimed, spoken, head, request, now);
    progress.verified = true;
    progress.operation = name;
    const operation = findOperation(claimed, name);

    // parse and validate
    const codec = claimed.codec(spoken.contentType);
    const input = validate(claimed, codec.readInput(name, wire));

    const call = callOf(claimed, name, caller, {
      head,
      request,
      now,
      region: parts.region,
      requestId: progress.requestId,
    });

    // authorize
    authorize(parts, claimed.service, claimed.family, call, input);

    // invoke and reply; what takes a clientToken looks it up in the transaction that writes
    const output = await invoke(operation, input, call, parts.store);
    return codec.writeOutput(name, output, progress.requestId);
  };

  return {
    async request(request) {
      const head = readHead(request);
      const hostAllowed = isAllowedHost(head, allowedHosts);
      // A page has no keys, so a signature that verifies may come under any name; nothing else may.
      if (!hostAllowed && !head.headers.has('authorization')) return hostRefused();
      if (isForeignOrigin(head)) return plainRefusal(403, 'Requests of web pages from other origins are refused.');
      const progress = newProgress(newRequestId(parts.random));
      try {
        const route = hostAllowed ? (parts.routes.get(head.path) ?? mountAt(parts, head.path)) : undefined;
        if (route) return await route(request);
        return await answer(request, head, progress);
      } catch (error) {
        if (!hostAllowed && !progress.verified) return hostRefused();
        return replyError(error, progress, parts.log);
      }
    },
    upgrade: createUpgrade({ ...parts, allowedHosts, verifier }),
  };
}

/** A mount is at a whole first part of the path: `/v2/` serves /v2 as well. */
function mountAt(
  { mounts }: GatewayParts,
  path: string,
): ((request: HttpRequest) => Promise<HttpResponse>) | undefined {
  if (!mounts) return undefined;
  const end = path.indexOf('/', 1);
  return mounts.get(end === -1 ? `${path}/` : path.slice(0, end + 1));
}

function hostRefused(): HttpResponse {
  return plainRefusal(
    403,
    'The Host header names no host of this server, and no signature that verifies vouches for the request.',
  );
}

function newProgress(requestId: string): Progress {
  return { requestId, family: 'json', contentType: json11, model: undefined, operation: undefined, verified: false };
}

interface Received {
  readonly head: RequestHead;
  readonly request: HttpRequest;
  readonly now: number;
  readonly region: string;
  readonly requestId: string;
}

function callOf(claimed: ClaimedService, operation: string, caller: Verified, received: Received): Call {
  return {
    requestId: received.requestId,
    service: claimed.service.name,
    operation,
    principal: caller.principal,
    accountId: caller.principal.accountId,
    region: caller.region ?? received.region,
    endpoint: `http://${received.head.headers.get('host') ?? 'localhost'}`,
    sourceAddress: received.request.remoteAddress,
    receivedAt: received.now,
  };
}
