import type { Instant } from '../core/instant.ts';
import type { Hash } from '../world/world.ts';
import type { AccessKeys } from './access-keys.ts';
import { canonicalRequest, s3CanonicalRequest } from './canonical-request.ts';
import type { Principal } from './operation.ts';
import { readPairs, type RequestHead } from './request-head.ts';
import { isoBasic, readDate } from './signature-date.ts';
import { createSigningKeys, latin1Bytes, stringToSign } from './signing-key.ts';

/**
 * Verifies AWS Signature Version 4. A closed set of modes, one verifier before
 * everything else, and refusal where anything is doubled or unknown: most published holes of verifiers were a mode
 * that nobody had thought of.
 */
export function createVerifier(parts: VerifierParts): Verifier {
  const signingKeys = createSigningKeys(parts.hash);
  const reading: Reading = { hash: parts.hash, claimants: new Map() };
  const check = (
    head: RequestHead,
    service: string,
    now: Instant,
    form: SigningForm,
    payloadHash: (claimed: ClaimedSignature) => string | SignatureRefused,
  ): HeadVerified | SignatureRefused => {
    const claimed = readSignature(head, reading);
    if ('problem' in claimed) return claimed;
    const refusal =
      checkScope(claimed, parts.region, service) ?? checkTime(claimed, now, form.skewMs) ?? checkHeaders(claimed, head);
    if (refusal) return refusal;
    const key = parts.accessKeys.find(claimed.accessKeyId, claimed.sessionToken);
    if (!key) return problem('unknown-key', texts.unknownKey);
    if (key.expiresAt !== undefined && key.expiresAt <= now) return problem('expired-token', texts.expiredToken);
    const hashed = payloadHash(claimed);
    if (typeof hashed !== 'string') return hashed;
    const signingKey = signingKeys.get(claimed.accessKeyId, key.secretAccessKey, claimed.scope);
    const textOf = (received: RequestHead): { canonical: string; text: string } => {
      const canonical = form.canonical(received, claimed.signedHeaders, hashed);
      return { canonical, text: stringToSign(parts.hash, claimed.date, claimed.scope, canonical) };
    };
    const { canonical, text } = textOf(head);
    const isSigned = (signed: string): boolean =>
      parts.hash.equal(parts.hash.hmacSha256(signingKey, latin1Bytes(signed)), claimed.signature);
    // The SDK for Go signs %20 where Go then sends a plus: the query of an ECS agent's websocket has a space.
    const spaced = head.query.replaceAll('+', '%20');
    if (!isSigned(text) && (spaced === head.query || !isSigned(textOf({ ...head, query: spaced }).text))) {
      return { ...problem('wrong-signature', texts.wrongSignature), stringToSign: text, canonicalRequest: canonical };
    }
    const { accessKeyId, date, scope, signature } = claimed;
    const seal = { date, scope, signature, signingKey };
    return { accessKeyId, principal: key.principal, ...regionOf(scope, service), payloadHash: hashed, seal };
  };
  return {
    verify(head, body, service, now) {
      return check(head, service, now, everyOther, () => {
        const bodyHash = parts.hash.sha256Hex(body);
        const claimedHash = head.headers.get('x-amz-content-sha256');
        const differs = claimedHash !== undefined && claimedHash !== bodyHash;
        return differs ? problem('wrong-signature', texts.wrongSignature) : bodyHash;
      });
    },
    verifyHead(head, service, now) {
      return check(head, service, now, ofS3, ({ expiresSeconds }) => {
        const stated = head.headers.get('x-amz-content-sha256');
        if (stated !== undefined) return stated;
        if (expiresSeconds === undefined) return problem('no-payload-hash', texts.noPayloadHash);
        return queryValue(head, 'X-Amz-Content-Sha256') ?? unsignedPayload;
      });
    },
  };
}

/** Where the signatures of S3 are computed otherwise than everybody's. */
interface SigningForm {
  readonly canonical: typeof canonicalRequest;
  readonly skewMs: number;
}

const everyOther: SigningForm = { canonical: canonicalRequest, skewMs: 5 * 60_000 };
const ofS3: SigningForm = { canonical: s3CanonicalRequest, skewMs: 15 * 60_000 };

/** What stands for the body's hash where nobody has signed the body. */
export const unsignedPayload = 'UNSIGNED-PAYLOAD';

export interface VerifierParts {
  readonly hash: Hash;
  readonly accessKeys: AccessKeys;
  readonly region: string;
}

export interface Verifier {
  /** `service` is the signing name of the service that the request is for. The body's hash is always checked. */
  verify(head: RequestHead, body: Uint8Array, service: string, now: Instant): Verified | SignatureRefused;
  /**
   * The same as S3 signs: over the head and what the head says of the body, which may be longer than anybody holds.
   * Whoever takes the body in must check it against `payloadHash`.
   */
  verifyHead(head: RequestHead, service: string, now: Instant): HeadVerified | SignatureRefused;
}

export interface Verified {
  readonly accessKeyId: string;
  readonly principal: Principal;
  /** The region that is meant, with a service that serves every region. */
  readonly region?: string;
}

export interface HeadVerified extends Verified {
  /** 64 hex digits, or one of the words that S3 knows: nothing is checked about it yet. */
  readonly payloadHash: string;
  readonly seal: SignatureSeal;
}

/** What the signatures of a body's chunks continue. */
export interface SignatureSeal {
  readonly date: string;
  readonly scope: SignatureScope;
  readonly signature: Uint8Array;
  readonly signingKey: Uint8Array;
}

export interface SignatureRefused {
  readonly problem: SignatureProblem;
  readonly message: string;
  /** Of a wrong signature: what was computed, which S3 tells its clients. */
  readonly stringToSign?: string;
  readonly canonicalRequest?: string;
}

export type SignatureProblem =
  | 'missing'
  | 'malformed'
  | 'unknown-key'
  | 'wrong-signature'
  | 'expired'
  | 'expired-token'
  | 'bad-scope'
  | 'no-payload-hash';

/** Credential scope: day, region and service for which a key was derived. */
export interface SignatureScope {
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** The service named in the request's credential scope, for finding whom a request without a target is for. */
export function scopeService(head: RequestHead): string | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(head.headers.get('authorization') ?? '')?.[1] ??
    (head.query === '' ? undefined : readPairs(head.query, false).find(([name]) => name === 'X-Amz-Credential')?.[1]);
  if (credential === undefined) return undefined;
  const end = credential.lastIndexOf('/');
  return end === -1 ? undefined : credential.slice(credential.lastIndexOf('/', end - 1) + 1, end);
}

const algorithm = 'AWS4-HMAC-SHA256';
/** Services with one endpoint for all regions: clients sign for them as if they were in this region. */
const globalServices: ReadonlySet<string> = new Set(['iam', 'sts']);
const globalRegion = 'us-east-1';
/** Services that keep each region's things apart and serve them all: a container's log may be wanted in any region. */
const servicesOfEveryRegion: ReadonlySet<string> = new Set(['logs']);
const regionPattern = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;
/** How far in the future a presigned URL may begin: its maker's clock is trusted less, it is not used at once. */
const presignedSkewMs = 15 * 60_000;
const maximumExpirySeconds = 604_800;

const texts = {
  missing: 'Missing Authentication Token',
  unknownKey: 'The security token included in the request is invalid.',
  expiredToken: 'The security token included in the request is expired',
  wrongSignature:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  noPayloadHash: 'Missing required header for this request: x-amz-content-sha256',
} as const;

interface ClaimedSignature {
  readonly accessKeyId: string;
  readonly scope: SignatureScope;
  readonly signedHeaders: readonly string[];
  readonly signature: Uint8Array;
  /** ISO 8601 basic, as it goes into the string to sign. */
  readonly date: string;
  readonly signedAt: Instant;
  /** Of a presigned URL. */
  readonly expiresSeconds: number | undefined;
  readonly sessionToken: string | undefined;
}

interface Reading {
  readonly hash: Hash;
  /** Those that were read, by their text. */
  readonly claimants: Map<string, Claimant>;
}

function queryValue(head: RequestHead, name: string): string | undefined {
  return readPairs(head.query, false).find(([held]) => held === name)?.[1];
}

function problem(kind: SignatureProblem, message: string): SignatureRefused {
  return { problem: kind, message };
}

function malformed(message: string): SignatureRefused {
  return problem('malformed', message);
}

function readSignature(head: RequestHead, reading: Reading): ClaimedSignature | SignatureRefused {
  const header = head.headers.get('authorization');
  const presigned = head.query !== '' && /(^|&)X-Amz-(Algorithm|Signature|Credential)=/.test(head.query);
  if (header !== undefined && presigned)
    return malformed('Only one auth mechanism allowed: header or query parameters.');
  if (header !== undefined) return readHeaderSignature(head, header, reading);
  return presigned ? readQuerySignature(head, reading) : problem('missing', texts.missing);
}

function readHeaderSignature(head: RequestHead, header: string, reading: Reading): ClaimedSignature | SignatureRefused {
  if (head.repeated.has('authorization')) return malformed('Authorization header was given more than once.');
  if (head.repeated.has('x-amz-date') || head.repeated.has('date'))
    return malformed('The date was given more than once.');
  const date = head.headers.get('x-amz-date') ?? head.headers.get('date');
  const [usual, credential, signedHeaders, signature] = usualForm.exec(header) ?? [];
  if (usual !== undefined && date !== undefined) {
    return claim(reading, credential, signedHeaders, signature, date, {
      expiresSeconds: undefined,
      sessionToken: head.headers.get('x-amz-security-token'),
    });
  }
  const space = header.indexOf(' ');
  const named = space === -1 ? header : header.slice(0, space);
  if (named !== algorithm) return malformed(unsupportedAlgorithm(named));
  const values = new Map<string, string>();
  for (const part of header.slice(space + 1).split(',')) {
    const mark = part.indexOf('=');
    const name = part.slice(0, mark).trim();
    if (mark === -1 || values.has(name) || !headerParameters.includes(name))
      return malformed(`'${part.trim()}' is not a valid part of the Authorization header.`);
    values.set(name, part.slice(mark + 1).trim());
  }
  const missing = headerParameters
    .filter((name) => !values.has(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (date === undefined)
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (missing.length > 0)
    return malformed(`${missing.join(' ')} (Hashed with SHA-256) Authorization=${reading.hash.sha256Hex(header)}`);
  return claim(reading, values.get('Credential'), values.get('SignedHeaders'), values.get('Signature'), date, {
    expiresSeconds: undefined,
    sessionToken: head.headers.get('x-amz-security-token'),
  });
}

/** As every SDK writes the header. One that is written otherwise is taken apart piece by piece, to say what is wrong. */
const usualForm = /^AWS4-HMAC-SHA256 Credential=([^,\s]+), SignedHeaders=([^,\s]+), Signature=([0-9a-f]{64})$/;

const headerParameters: readonly string[] = ['Credential', 'Signature', 'SignedHeaders'];

function readQuerySignature(head: RequestHead, reading: Reading): ClaimedSignature | SignatureRefused {
  const values = new Map<string, string>();
  for (const [name, value] of readPairs(head.query, false)) {
    if (!name.startsWith('X-Amz-')) continue;
    if (values.has(name)) return malformed(`Query parameter ${name} was given more than once.`);
    values.set(name, value);
  }
  const named = values.get('X-Amz-Algorithm');
  if (named !== undefined && named !== algorithm) return malformed(unsupportedAlgorithm(named));
  const missing = queryParameters.filter((name) => !values.has(name));
  if (missing.length > 0)
    return malformed(missing.map((name) => `AWS query-string parameters must include '${name}'.`).join(' '));
  const expires = values.get('X-Amz-Expires') ?? '';
  const expiresSeconds = /^[0-9]{1,6}$/.test(expires) ? Number(expires) : 0;
  if (expiresSeconds < 1 || expiresSeconds > maximumExpirySeconds) {
    return malformed(`X-Amz-Expires must be a whole number of seconds from 1 to ${maximumExpirySeconds}.`);
  }
  return claim(
    reading,
    values.get('X-Amz-Credential'),
    values.get('X-Amz-SignedHeaders'),
    values.get('X-Amz-Signature'),
    values.get('X-Amz-Date'),
    {
      expiresSeconds,
      sessionToken: values.get('X-Amz-Security-Token') ?? head.headers.get('x-amz-security-token'),
    },
  );
}

const queryParameters = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
  'X-Amz-Expires',
] as const;

function unsupportedAlgorithm(named: string): string {
  if (named === 'AWS') return 'Signature Version 2 is not supported: sign with Signature Version 4.';
  if (named.startsWith('AWS4-ECDSA')) return `${named} (SigV4A) is not supported: sign with ${algorithm}.`;
  return `Unsupported authorization scheme: sign with ${algorithm}.`;
}

function claim(
  { claimants }: Reading,
  credential = '',
  headers = '',
  signatureHex = '',
  dateText = '',
  rest: Pick<ClaimedSignature, 'expiresSeconds' | 'sessionToken'>,
): ClaimedSignature | SignatureRefused {
  const claimant = readClaimant(claimants, credential, headers);
  if ('problem' in claimant) return claimant;
  const signature = readSignatureHex(signatureHex);
  if (!signature) return malformed("'Signature' must be 64 lower-case hex digits.");
  const signedAt = readDate(dateText);
  if (signedAt === undefined) {
    return malformed(
      `Date must be in ISO-8601 'basic format'. Got '${printable(dateText)}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return {
    ...claimant,
    signature,
    date: dateText.endsWith('Z') ? dateText : isoBasic(signedAt), // only the basic form ends so
    signedAt,
    ...rest,
  };
}

type Claimant = Pick<ClaimedSignature, 'accessKeyId' | 'scope' | 'signedHeaders'>;

/** Read once: a client sends the same two texts with every request of a day. */
function readClaimant(known: Map<string, Claimant>, credential: string, headers: string): Claimant | SignatureRefused {
  const text = `${credential} ${headers}`;
  const before = known.get(text);
  if (before) return before;
  const scope = credential.split('/');
  const [accessKeyId, day, region, service, terminator] = scope;
  if (scope.length !== 5 || !accessKeyId || !day || !region || !service || terminator !== 'aws4_request') {
    return malformed(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request, got '${printable(credential)}'`,
    );
  }
  const signedHeaders = headers.split(';');
  if (!areCanonicalNames(signedHeaders)) {
    return malformed("'SignedHeaders' must be header names in lower case, sorted, each once, separated by semicolons.");
  }
  if (!signedHeaders.includes('host'))
    return malformed("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const claimant = { accessKeyId, scope: { day, region, service }, signedHeaders };
  if (known.size >= knownLimit) known.clear();
  known.set(text, claimant);
  return claimant;
}

const knownLimit = 1000;

function printable(text: string): string {
  return text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');
}

function areCanonicalNames(names: readonly string[]): boolean {
  return names.every(
    (name, index) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && (index === 0 || name > (names[index - 1] ?? '')),
  );
}

function readSignatureHex(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) {
    bytes[index] = (nibble(text.charCodeAt(index * 2)) << 4) | nibble(text.charCodeAt(index * 2 + 1));
  }
  return bytes;
}

/** The value of a lower-case hex digit, by its character code: 0-9 are 48-57, a-f are 97-102. */
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

function checkScope(claimed: ClaimedSignature, region: string, service: string): SignatureRefused | undefined {
  const { scope, date } = claimed;
  const isForeign = scope.region !== region && !(scope.region === globalRegion && globalServices.has(service));
  if (isForeign && !(servicesOfEveryRegion.has(service) && regionPattern.test(scope.region))) {
    return problem(
      'bad-scope',
      `Credential should be scoped to a valid region, not '${printable(scope.region)}'.`.trim(),
    );
  }
  if (scope.service !== service)
    return problem('bad-scope', `Credential should be scoped to correct service: '${service}'.`);
  if (scope.day !== date.slice(0, 8)) {
    return problem(
      'bad-scope',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${printable(scope.day)}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  return undefined;
}

function regionOf({ region }: SignatureScope, service: string): Pick<Verified, 'region'> {
  return servicesOfEveryRegion.has(service) ? { region } : {};
}

function checkTime(claimed: ClaimedSignature, now: Instant, skewMs: number): SignatureRefused | undefined {
  const { signedAt, date, expiresSeconds } = claimed;
  const ageMs = now - signedAt;
  const aheadMs = expiresSeconds === undefined ? skewMs : presignedSkewMs;
  if (ageMs < -aheadMs) {
    return problem(
      'expired',
      `Signature not yet current: ${date} is still later than ${isoBasic(now + aheadMs)} (${isoBasic(now)} + ${aheadMs / 60_000} min.)`,
    );
  }
  if (expiresSeconds !== undefined) {
    const end = signedAt + expiresSeconds * 1000;
    return now < end
      ? undefined
      : problem('expired', `Signature expired: ${isoBasic(now)} is now later than ${isoBasic(end)}`);
  }
  if (ageMs <= skewMs) return undefined;
  return problem(
    'expired',
    `Signature expired: ${date} is now earlier than ${isoBasic(now - skewMs)} (${isoBasic(now)} - ${skewMs / 60_000} min.)`,
  );
}

/** Every x-amz-* header must be signed: one that is not could have been added by whoever stands in between. */
function checkHeaders(claimed: ClaimedSignature, head: RequestHead): SignatureRefused | undefined {
  for (const name of head.headers.keys()) {
    if (name.startsWith('x-amz-') && !claimed.signedHeaders.includes(name)) {
      return problem(
        'wrong-signature',
        `There were headers present in the request which were not signed: ${printable(name)}`,
      );
    }
  }
  if (head.repeated.has('host')) return malformed('The Host header was given more than once.');
  const absent = claimed.signedHeaders.find((name) => !head.headers.has(name));
  return absent === undefined ? undefined : problem('wrong-signature', texts.wrongSignature);
}
