import { hex } from '../../core/hex.ts';
/**
 * Authorization tokens, links to layers and ids of uploads: texts that carry what they stand for and a proof that we
 * made them, so that no table of them is kept and none is lost with a crash.
 */
import type { Principal } from '../../aws/operation.ts';
import { decodeBase64, encodeBase64 } from '../../aws/protocols/base64.ts';
import type { Instant } from '../../core/instant.ts';
import { assert } from '../../core/assert.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import type { Hash, Random } from '../../world/world.ts';
import { downloadLinkLifeMs, tokenLifeMs } from './rules/limits.ts';
import { tokenKeys } from './tables.ts';

/** Makes the secret when a store has none yet. */
export function setUpTokenKey(tx: Transaction, env: Env): void {
  if (!tx.get(tokenKeys, 'current')) tx.put(tokenKeys, { id: 'current', key: hex(env.random.bytes(32)) });
}

export interface AuthorizationToken {
  /** Without a colon, as clients divide the pair at the first one. */
  readonly password: string;
  readonly expiresAt: Instant;
}

/** A password that speaks for the principal for twelve hours; what that one may do is decided each time it is used. */
export function createToken(reader: Reader, hash: Hash, principal: Principal, now: Instant): AuthorizationToken {
  const expiresAt = now + tokenLifeMs;
  return { password: sealed(reader, hash, 'token', { principal, expiresAt }), expiresAt };
}

/** The principal of a password; undefined when it is not one of ours or is too old. */
export function principalOf(reader: Reader, hash: Hash, password: string, now: Instant): Principal | undefined {
  const token = opened<{ readonly principal: Principal; readonly expiresAt: Instant }>(reader, hash, 'token', password);
  return token && token.expiresAt > now ? token.principal : undefined;
}

export interface DownloadLink {
  readonly repositoryId: string;
  readonly digest: string;
}

export function createLink(reader: Reader, hash: Hash, link: DownloadLink, now: Instant): string {
  const { repositoryId, digest } = link;
  return sealed(reader, hash, 'link', { repositoryId, digest, expiresAt: now + downloadLinkLifeMs });
}

export function linkOf(reader: Reader, hash: Hash, text: string, now: Instant): DownloadLink | undefined {
  const link = opened<DownloadLink & { readonly expiresAt: Instant }>(reader, hash, 'link', text);
  return link && link.expiresAt > now ? link : undefined;
}

/** `<time>-<chance>-<proof that it is this repository's>`, hex: also the name of its file. */
export function createUploadId(reader: Reader, hash: Hash, random: Random, repositoryId: string, now: Instant): string {
  const begun = `${now.toString(16).padStart(12, '0')}-${hex(random.bytes(16))}`;
  return `${begun}-${proof(reader, hash, 'upload', `${repositoryId} ${begun}`).slice(0, 32)}`;
}

export function isUploadOf(reader: Reader, hash: Hash, repositoryId: string, uploadId: string): boolean {
  const [, begun, given] = /^([0-9a-f]{12}-[0-9a-f]{32})-([0-9a-f]{32})$/.exec(uploadId) ?? [];
  if (begun === undefined || given === undefined) return false;
  return isSame(hash, given, proof(reader, hash, 'upload', `${repositoryId} ${begun}`).slice(0, 32));
}

/** When an upload was begun; undefined when the text is no upload's id. */
export function uploadBegunAt(uploadId: string): Instant | undefined {
  const time = /^([0-9a-f]{12})-/.exec(uploadId)?.[1];
  return time === undefined ? undefined : Number.parseInt(time, 16);
}

function sealed(reader: Reader, hash: Hash, purpose: string, content: object): string {
  const text = urlSafe(encodeBase64(new TextEncoder().encode(JSON.stringify(content))));
  return `${text}.${proof(reader, hash, purpose, text)}`;
}

/** What `sealed` made for the same purpose: the proof vouches for its type. */
function opened<Content>(reader: Reader, hash: Hash, purpose: string, sealedText: string): Content | undefined {
  const [, text, given] = /^([A-Za-z0-9_-]{1,16384})\.([0-9a-f]{64})$/.exec(sealedText) ?? [];
  if (text === undefined || given === undefined) return undefined;
  if (!isSame(hash, given, proof(reader, hash, purpose, text))) return undefined;
  const bytes = decodeBase64(standard(text));
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Content);
}

function proof(reader: Reader, hash: Hash, purpose: string, text: string): string {
  const secret = reader.get(tokenKeys, 'current');
  assert(secret, 'the token key was made when the service was set up');
  return hex(hash.hmacSha256(secret.key, `${purpose}\n${text}`));
}

function isSame(hash: Hash, a: string, b: string): boolean {
  const encoder = new TextEncoder();
  return hash.equal(encoder.encode(a), encoder.encode(b));
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function standard(urlSafeText: string): string {
  const base64 = urlSafeText.replaceAll('-', '+').replaceAll('_', '/');
  return base64.padEnd(Math.ceil(base64.length / 4) * 4, '=');
}
