import type { Instant } from '../../core/instant.ts';
import type { Hash } from '../../world/world.ts';
import type { AccessKeys } from '../access-keys.ts';
import { AwsError } from '../error.ts';
import { readPairs, type RequestHead } from '../request-head.ts';
import { verifyQueryV2 } from '../s3-query-v2.ts';
import { type HeadVerified, type SignatureRefused, unsignedPayload, type Verifier } from '../sigv4.ts';
import { signatureError } from './authenticate.ts';

/**
 * Verifies the head of an S3 request, by header, presigned URL or presigned URL of the old kind, or throws S3's error.
 * Differs from AWS: nobody is let in without a signature, whatever a bucket's policy says.
 */
export function authenticateS3(
  parts: S3AuthenticateParts,
  head: RequestHead,
  path: string,
  now: Instant,
): HeadVerified {
  const old = verifyQueryV2(head, path, parts, now);
  if (old) {
    if ('problem' in old) throw s3SignatureError(old, head, now);
    return { ...old, payloadHash: unsignedPayload, seal: noSeal };
  }
  const verdict = parts.verifier.verifyHead(head, 's3', now);
  if ('problem' in verdict) throw s3SignatureError(verdict, head, now);
  return verdict;
}

export interface S3AuthenticateParts {
  readonly verifier: Verifier;
  readonly hash: Hash;
  readonly accessKeys: AccessKeys;
}

/** There are no chunks to sign: a presigned URL says nothing of its body. */
const noSeal: HeadVerified['seal'] = {
  date: '',
  scope: { day: '', region: '', service: '' },
  signature: new Uint8Array(),
  signingKey: new Uint8Array(),
};

function s3SignatureError(refused: SignatureRefused, head: RequestHead, now: Instant): AwsError {
  const isPresigned = !head.headers.has('authorization');
  const { code, message, status = 403 } = signatureError(refused, 'rest-xml');
  const error = (
    as: string,
    text: string,
    members: Readonly<Record<string, unknown>> = {},
    atStatus = status,
  ): AwsError => new AwsError(as, text, { status: atStatus, members });
  const serverTime = new Date(now).toISOString().replace(/\.[0-9]+/, '');
  switch (refused.problem) {
    case 'malformed':
      return isPresigned
        ? error('AuthorizationQueryParametersError', refused.message)
        : error(code, `The authorization header is malformed; ${refused.message}`);
    case 'bad-scope': {
      const scope = scopeRegion(head);
      const text =
        scope === undefined ? refused.message : refused.message.replace(/^Credential should/, 'the credential should');
      const as = isPresigned ? 'AuthorizationQueryParametersError' : code;
      return error(as, `The authorization header is malformed; ${text}`);
    }
    case 'expired':
      if (isPresigned) {
        const text = refused.message.startsWith('Signature not yet current')
          ? 'Request is not yet valid'
          : 'Request has expired';
        return error('AccessDenied', text, { ServerTime: serverTime });
      }
      return error(code, 'The difference between the request time and the current time is too large.', {
        RequestTime: head.headers.get('x-amz-date') ?? head.headers.get('date') ?? '',
        ServerTime: serverTime,
        MaxAllowedSkewMilliseconds: 900_000,
      });
    case 'wrong-signature':
      if (refused.message.startsWith('There were headers present')) return error('AccessDenied', refused.message);
      return error(code, message, {
        ...(refused.stringToSign !== undefined && { StringToSign: refused.stringToSign }),
        ...(refused.canonicalRequest !== undefined && { CanonicalRequest: refused.canonicalRequest }),
      });
    case 'missing':
    case 'unknown-key':
    case 'expired-token':
    case 'no-payload-hash':
      return error(code, message);
  }
}

function scopeRegion(head: RequestHead): string | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(head.headers.get('authorization') ?? '')?.[1] ??
    readPairs(head.query, false).find(([name]) => name === 'X-Amz-Credential')?.[1];
  return credential?.split('/').at(-3);
}
