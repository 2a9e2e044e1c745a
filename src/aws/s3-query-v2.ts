import type { Hash } from '../world/world.ts';
import type { Instant } from '../core/instant.ts';
import { decodeHex } from '../core/hex-decode.ts';
import type { AccessKeys } from './access-keys.ts';
import { decodeBase64 } from './protocols/base64.ts';
import { readPairs, type RequestHead } from './request-head.ts';
import type { SignatureRefused, Verified } from './sigv4.ts';

/**
 * Presigned URLs of Signature Version 2, which botocore and the AWS CLI 1 still make by default for S3 and nothing else
 * does: HMAC-SHA1 over the method, the expiry, the x-amz headers and the resource. Undefined where the URL is none.
 * Differs from AWS: taken for every bucket, where AWS takes it for buckets older than June 2020.
 */
export function verifyQueryV2(
  head: RequestHead,
  path: string,
  parts: { readonly hash: Hash; readonly accessKeys: AccessKeys },
  now: Instant,
): Verified | SignatureRefused | undefined {
  if (!/(^|&)AWSAccessKeyId=/.test(head.query)) return undefined;
  const pairs = readPairs(head.query, false);
  const one = (name: string): string | undefined => {
    const held = pairs.filter(([found]) => found === name);
    return held.length === 1 ? held[0]?.[1] : undefined;
  };
  const [accessKeyId, signature, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map(one);
  if (!accessKeyId || !signature || !expires || !/^[0-9]{1,11}$/.test(expires) || head.headers.has('authorization')) {
    return {
      problem: 'malformed',
      message: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    };
  }
  if (Number(expires) * 1000 <= now) return { problem: 'expired', message: 'Request has expired' };
  const token = one('x-amz-security-token') ?? head.headers.get('x-amz-security-token');
  const key = parts.accessKeys.find(accessKeyId, token);
  if (!key) return { problem: 'unknown-key', message: 'The AWS Access Key Id you provided does not exist.' };
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    return { problem: 'expired-token', message: 'The provided token has expired.' };
  }
  const text = stringToSign(head, path, pairs, expires);
  const expected = hmacSha1(parts.hash, new TextEncoder().encode(key.secretAccessKey), latin1(text));
  const given = decodeBase64(signature) ?? new Uint8Array();
  if (!parts.hash.equal(expected, given)) {
    return { problem: 'wrong-signature', message: 'The signatures differ.', stringToSign: text };
  }
  return { accessKeyId, principal: key.principal };
}

function stringToSign(
  head: RequestHead,
  path: string,
  pairs: readonly (readonly [name: string, value: string])[],
  expires: string,
): string {
  const amazon = [
    ...[...head.headers].filter(([name]) => name.startsWith('x-amz-')),
    ...pairs.filter(([name]) => name.startsWith('x-amz-')),
  ]
    .map(([name, value]) => `${name}:${value}\n`)
    .sort();
  const resource = pairs
    .filter(([name]) => subresources.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const header = (name: string): string => head.headers.get(name) ?? '';
  const query = resource.length === 0 ? '' : `?${resource.join('&')}`;
  const line = `${header('content-md5')}\n${header('content-type')}\n${expires}`;
  return `${head.method}\n${line}\n${amazon.join('')}${path}${query}`;
}

/** Parameters that say which resource is meant, and are signed; the others are not. */
const subresources: readonly string[] = [
  'accelerate',
  'acl',
  'cors',
  'defaultObjectAcl',
  'delete',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'partNumber',
  'policy',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
];

function latin1(text: string): Uint8Array {
  return /[\u0100-\uffff]/.test(text)
    ? new TextEncoder().encode(text)
    : Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** RFC 2104. */
function hmacSha1(hash: Hash, key: Uint8Array, data: Uint8Array): Uint8Array {
  const sha1 = (...pieces: readonly Uint8Array[]): Uint8Array => {
    const digest = hash.startSha1();
    for (const piece of pieces) digest.update(piece);
    return decodeHex(digest.hex());
  };
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? sha1(key) : key);
  const inner = sha1(
    block.map((byte) => byte ^ 0x36),
    data,
  );
  return sha1(
    block.map((byte) => byte ^ 0x5c),
    inner,
  );
}
