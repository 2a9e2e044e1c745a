import { assert } from '../../core/assert.ts';
import { hex } from '../../core/hex.ts';
import type { Instant } from '../../core/instant.ts';
import type { HttpRequest } from '../../world/net.ts';
import type { AwsError } from '../error.ts';
import type { GatewayLimits } from '../gateway-parts.ts';
import type { ClaimedService } from '../loaded-services.ts';
import type { ServiceModel } from '../model.ts';
import { receiveBody } from '../payload/received-body.ts';
import { decodeBase64 } from '../protocols/base64.ts';
import type { WireInput } from '../protocols/protocol.ts';
import type { Route } from '../protocols/rest-router.ts';
import { readPairs, type RequestHead } from '../request-head.ts';
import { s3Path } from '../s3-address.ts';
import type { HeadVerified, Verified } from '../sigv4.ts';
import { authenticate } from './authenticate.ts';
import { authenticateS3, type S3AuthenticateParts } from './authenticate-s3.ts';
import { claimOperation, type Spoken } from './claim.ts';
import { refusal } from './refusal.ts';

/** A request whose caller and operation are known, and what its input is read from. */
export interface Received {
  readonly caller: Verified;
  readonly operation: string;
  readonly wire: WireInput;
}

export interface ReceiveParts extends S3AuthenticateParts {
  readonly limits: GatewayLimits;
  readonly allowedHosts: ReadonlySet<string>;
}

/**
 * Takes in the body, and verifies the signature that covers it. Nearly everything is small and held whole; an S3 object
 * is larger than memory may be, so its head is verified first and its body as it comes.
 */
export function receive(
  parts: ReceiveParts,
  claimed: ClaimedService,
  spoken: Spoken,
  head: RequestHead,
  request: HttpRequest,
  now: Instant,
): Promise<Received> {
  if (claimed.family === 'rest-xml') return receiveS3(parts, claimed, head, request, now);
  return receiveWhole(parts, claimed, spoken, head, request, now);
}

async function receiveWhole(
  parts: ReceiveParts,
  claimed: ClaimedService,
  spoken: Spoken,
  head: RequestHead,
  request: HttpRequest,
  now: Instant,
): Promise<Received> {
  const body = await request.body.read(parts.limits.bodyBytes);
  if (!body) throw tooLarge(parts.limits.bodyBytes);
  if (claimed.service.unsigned.size > 0 && isUnsigned(head) && claimed.service.unsigned.has(actionIn(head, body))) {
    const operation = claimOperation(claimed, head, spoken, body);
    return { caller: anonymous, operation, wire: { body, query: head.query } };
  }
  const caller = authenticate(
    parts.verifier,
    head,
    body,
    { service: claimed.service.name, family: claimed.family },
    now,
  );
  if (claimed.family === 'rest-json') {
    const route = routeOf(claimed, head, head.path, head.headers);
    if (!route) throw refusal(404, 'UnknownOperationException', `There is nothing at ${head.path.slice(0, 200)}.`);
    const rest = { headers: head.headers, labels: route.labels };
    return { caller, operation: route.operation, wire: { body, query: head.query, rest } };
  }
  const operation = claimOperation(claimed, head, spoken, body);
  return { caller, operation, wire: { body, query: head.query } };
}

/** Whoever calls an operation that takes no signature: no principal, of no account. */
const anonymous: Verified = {
  accessKeyId: '',
  principal: { arn: 'anonymous', accountId: '', accessKeyId: '', userId: 'anonymous' },
};

function actionIn(head: RequestHead, body: Uint8Array): string {
  const pairs = [...readPairs(head.query, true), ...readPairs(new TextDecoder().decode(body), true)];
  return new Map(pairs).get('Action') ?? '';
}

function isUnsigned(head: RequestHead): boolean {
  return !head.headers.has('authorization') && !/(^|&)X-Amz-(Algorithm|Signature|Credential)=/.test(head.query);
}

async function receiveS3(
  parts: ReceiveParts,
  claimed: ClaimedService,
  head: RequestHead,
  request: HttpRequest,
  now: Instant,
): Promise<Received> {
  const path = s3Path(head, parts.allowedHosts);
  const verified = authenticateS3(parts, head, path, now);
  const headers = headersOf(head);
  const route = routeOf(claimed, head, path, headers);
  if (!route) {
    throw refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
  }
  const { operation, labels } = route;
  const wire = { query: head.query, rest: { headers, labels } };
  const isChecksummed = isChecksumOfBody(claimed.model, route);
  const stream = request.body.stream();
  if (route.streamed !== undefined) {
    const streamed = receiveBody({ stream, headers, verified, isChecksummed }, parts.hash);
    return { caller: verified, operation, wire: { ...wire, body: noBytes, rest: { ...wire.rest, stream: streamed } } };
  }
  const body = await readChecked(parts, { stream, headers, verified, isChecksummed });
  return { caller: verified, operation, wire: { ...wire, body } };
}

const noBytes = new Uint8Array();

async function readChecked(
  { limits, hash }: ReceiveParts,
  body: {
    readonly stream: AsyncIterable<Uint8Array>;
    readonly headers: ReadonlyMap<string, string>;
    readonly verified: HeadVerified;
    readonly isChecksummed: boolean;
  },
): Promise<Uint8Array> {
  const content = receiveBody(body, hash);
  if (content.length > limits.bodyBytes) throw tooLarge(limits.bodyBytes);
  const whole = new Uint8Array(content.length);
  let at = 0;
  for await (const part of content) {
    whole.set(part, at);
    at += part.length;
  }
  const md5 = body.headers.get('content-md5');
  if (md5 !== undefined && !isMd5(md5, hash.md5Hex(whole))) {
    throw refusal(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  return whole;
}

function isMd5(base64: string, expectedHex: string): boolean {
  const bytes = decodeBase64(base64);
  if (bytes?.length !== 16) throw refusal(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
  return hex(bytes) === expectedHex;
}

function routeOf(
  claimed: ClaimedService,
  head: RequestHead,
  path: string,
  headers: ReadonlyMap<string, string>,
): Route | undefined {
  assert(claimed.router, `${claimed.service.name} speaks REST`);
  return claimed.router.find({ method: head.method, path, query: head.query, headers });
}

/** With the parameters of a presigned URL that stand for headers: presigners put x-amz headers there. */
function headersOf(head: RequestHead): ReadonlyMap<string, string> {
  if (!/(^|&)x-amz-/i.test(head.query)) return head.headers;
  const headers = new Map(head.headers);
  for (const [name, value] of readPairs(head.query, false)) {
    const lower = name.toLowerCase();
    if (lower.startsWith('x-amz-') && !ofSignature.has(lower) && !headers.has(lower)) headers.set(lower, value);
  }
  return headers;
}

const ofSignature: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-signature',
  'x-amz-signedheaders',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

/** Where an operation has a member for the checksum and does not stream, it means the object that comes of it. */
function isChecksumOfBody(model: ServiceModel, route: Route): boolean {
  if (route.streamed !== undefined) return true;
  const input = model.shapes[model.operations[route.operation]?.input ?? ''];
  return !(input && 'members' in input && input.members['ChecksumCRC32']);
}

function tooLarge(limit: number): AwsError {
  return refusal(413, 'RequestEntityTooLargeException', `The request body is larger than ${limit} bytes.`);
}
