import { hex } from '../core/hex.ts';
import type { Headers } from '../world/net.ts';
import type { Clock, Hash } from '../world/world.ts';
import { canonicalRequest, s3CanonicalRequest } from './canonical-request.ts';
import { readHead } from './request-head.ts';
import { isoBasic } from './signature-date.ts';
import { createSigningKeys, stringToSign } from './signing-key.ts';

/** Signs requests with SigV4, all their headers. The counterpart of the verifier in sigv4.ts. */
export function createSigner(parts: SignerParts): (request: RequestToSign) => Headers {
  const signingKeys = createSigningKeys(parts.hash);
  return ({ method, url, headers, body, service, credentials, region = parts.region }) => {
    const own = typeof parts.credentials === 'function' ? parts.credentials() : parts.credentials;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials ?? own;
    const date = isoBasic(parts.clock.now());
    const all: Headers = {
      ...headers,
      'x-amz-date': date,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    };
    const signedHeaders = Object.keys(all).sort();
    const target = url.replace(/^https?:\/\/[^/?#]+/, '');
    const head = readHead({ method, target, headers: Object.entries(all) });
    const scope = { day: date.slice(0, 8), region, service };
    const canonical = (service === 's3' ? s3CanonicalRequest : canonicalRequest)(
      head,
      signedHeaders,
      parts.hash.sha256Hex(body),
    );
    const key = signingKeys.get(accessKeyId, secretAccessKey, scope);
    const signature = hex(parts.hash.hmacSha256(key, stringToSign(parts.hash, date, scope, canonical)));
    const credential = `${accessKeyId}/${scope.day}/${scope.region}/${service}/aws4_request`;
    return {
      ...all,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
    };
  };
}

export interface SignerParts {
  readonly clock: Clock;
  readonly hash: Hash;
  readonly region: string;
  readonly credentials: SigningCredentials | (() => SigningCredentials);
}

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface RequestToSign {
  readonly method: string;
  readonly url: string;
  /** Lower-case names, `host` among them. */
  readonly headers: Headers;
  readonly body: string | Uint8Array;
  readonly service: string;
  /** Where other keys than the signer's own are to sign. */
  readonly credentials?: SigningCredentials;
  /** Where it is not the signer's own. */
  readonly region?: string;
}
