import { decodeBase64 } from '../../aws/protocols/base64.ts';
import type { Instant } from '../../core/instant.ts';
import type { Hash } from '../../world/world.ts';
import { expiredIdentityToken, invalidIdentityToken, providerUnreachable } from './errors.ts';
import { isRsaSha256Signature, type RsaPublicKey } from './rules/rsa-signature.ts';

/** What an identity provider's token says, before and after its signature has been checked. */
export interface WebIdentity {
  /** As it stands in the token, with https://. */
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Fetches JSON of a URL. Rejects when there is no answer of status 200 that is JSON. */
export type FetchJson = (url: string) => Promise<unknown>;

interface ParsedToken {
  readonly identity: WebIdentity;
  readonly keyId: string | undefined;
  readonly expiresAt: Instant;
  readonly notBefore: Instant;
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** Reads a token without believing it. Throws InvalidIdentityToken. */
export function readToken(token: string): ParsedToken {
  const [head = '', body = '', mark = '', ...rest] = token.split('.');
  const header = readJson(head);
  const claims = readJson(body);
  const signature = decodeBase64Url(mark);
  if (!header || !claims || !signature || rest.length > 0) {
    throw invalidIdentityToken(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
  if (header['alg'] !== 'RS256') {
    throw invalidIdentityToken(
      `Longshore verifies tokens that are signed with RS256, not ${String(header['alg']).slice(0, 20)}.`,
    );
  }
  const { iss: issuer, sub: subject, aud: audience, exp: expires, nbf: notBefore = 0 } = claims;
  const audiences = (Array.isArray(audience) ? audience : [audience]).filter((one) => typeof one === 'string');
  if (typeof issuer !== 'string' || typeof subject !== 'string' || typeof expires !== 'number') {
    throw invalidIdentityToken('Missing a required claim: iss, sub and exp must be there.');
  }
  return {
    identity: { issuer, subject, audiences, claims },
    keyId: typeof header['kid'] === 'string' ? header['kid'] : undefined,
    expiresAt: expires * 1000,
    notBefore: typeof notBefore === 'number' ? notBefore * 1000 : 0,
    signed: `${head}.${body}`,
    signature,
  };
}

/** Checks the token's times and its signature against the keys that its issuer publishes. */
export async function verifyToken(
  token: ParsedToken,
  parts: { readonly hash: Hash; readonly fetchJson: FetchJson | undefined; readonly now: Instant },
): Promise<void> {
  const { hash, fetchJson, now } = parts;
  if (token.expiresAt <= now) {
    throw expiredIdentityToken(
      `Token expired: current date/time ${seconds(now)} must be before the expiration date/time ${seconds(token.expiresAt)}`,
    );
  }
  if (token.notBefore > now + skewMs) throw invalidIdentityToken('The token is not valid yet.');
  if (!fetchJson) throw providerUnreachable('This server reaches no identity providers.');
  const keys = await publishedKeys(token.identity.issuer, fetchJson);
  const digest = hash.sha256(token.signed);
  const candidates = keys.filter(({ keyId }) => token.keyId === undefined || keyId === token.keyId);
  if (!candidates.some(({ key }) => isRsaSha256Signature(key, digest, token.signature))) {
    throw invalidIdentityToken(
      "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
}

const skewMs = 5 * 60_000;

interface PublishedKey {
  readonly keyId: string | undefined;
  readonly key: RsaPublicKey;
}

/** By OpenID Connect discovery. Asked each time: a key that is published no more is believed no more. */
async function publishedKeys(issuer: string, fetchJson: FetchJson): Promise<readonly PublishedKey[]> {
  try {
    const configuration = asObject(await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
    const { jwks_uri: address } = configuration;
    if (typeof address !== 'string' || !address.startsWith('https://')) throw new Error('it names no jwks_uri');
    const { keys } = asObject(await fetchJson(address));
    return (Array.isArray(keys) ? keys : []).flatMap((key) => readKey(asObject(key)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw providerUnreachable(`The keys of ${issuer} could not be fetched: ${why.slice(0, 200)}`);
  }
}

function readKey({ kty, kid, n, e }: Readonly<Record<string, unknown>>): readonly PublishedKey[] {
  const modulus = typeof n === 'string' ? decodeBase64Url(n) : undefined;
  const exponent = typeof e === 'string' ? decodeBase64Url(e) : undefined;
  if (kty !== 'RSA' || !modulus || !exponent) return [];
  return [{ keyId: typeof kid === 'string' ? kid : undefined, key: { modulus, exponent } }];
}

function readJson(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64Url(part);
  if (!bytes) return undefined;
  try {
    return asObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined; // not JSON, so no token
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const padded = text.padEnd(Math.ceil(text.length / 4) * 4, '=');
  return decodeBase64(padded.replaceAll('-', '+').replaceAll('_', '/'));
}

function seconds(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}
