import type { Instant } from '../../core/instant.ts';
import { AwsError } from '../error.ts';
import type { ProtocolFamily } from '../protocols/protocol.ts';
import type { RequestHead } from '../request-head.ts';
import type { SignatureProblem, SignatureRefused, Verified, Verifier } from '../sigv4.ts';

/** Verifies the signature, or throws the error by which the protocol's clients know what was wrong. */
export function authenticate(
  verifier: Verifier,
  head: RequestHead,
  body: Uint8Array,
  claimed: { readonly service: string; readonly family: ProtocolFamily },
  now: Instant,
): Verified {
  const verdict = verifier.verify(head, body, claimed.service, now);
  if ('problem' in verdict) throw signatureError(verdict, claimed.family);
  return verdict;
}

export function signatureError({ problem, message }: SignatureRefused, family: ProtocolFamily): AwsError {
  const { code, status, text } = signatureErrors[family][problem];
  return new AwsError(code, text ?? message, { status });
}

interface WireError {
  readonly code: string;
  readonly status: number;
  /** Where the protocol always says the same. */
  readonly text?: string;
}

const authFailure: WireError = {
  code: 'AuthFailure',
  status: 401,
  text: 'AWS was not able to validate the provided access credentials',
};

const exceptions: Readonly<Record<SignatureProblem, WireError>> = {
  missing: { code: 'MissingAuthenticationTokenException', status: 400 },
  malformed: { code: 'IncompleteSignatureException', status: 400 },
  'unknown-key': { code: 'UnrecognizedClientException', status: 400 },
  'wrong-signature': { code: 'InvalidSignatureException', status: 400 },
  expired: { code: 'InvalidSignatureException', status: 400 },
  'expired-token': { code: 'ExpiredTokenException', status: 400 },
  'no-payload-hash': { code: 'InvalidSignatureException', status: 400 },
  'bad-scope': { code: 'InvalidSignatureException', status: 400 },
};

/** AWS has five vocabularies for one thing. */
const signatureErrors: Readonly<Record<ProtocolFamily, Readonly<Record<SignatureProblem, WireError>>>> = {
  json: exceptions,
  cbor: exceptions,
  query: {
    missing: { code: 'MissingAuthenticationToken', status: 403, text: 'Request is missing Authentication Token' },
    malformed: { code: 'IncompleteSignature', status: 400 },
    'unknown-key': { code: 'InvalidClientTokenId', status: 403 },
    'wrong-signature': { code: 'SignatureDoesNotMatch', status: 403 },
    expired: { code: 'SignatureDoesNotMatch', status: 403 },
    'expired-token': { code: 'ExpiredToken', status: 403 },
    'no-payload-hash': { code: 'SignatureDoesNotMatch', status: 403 },
    'bad-scope': { code: 'SignatureDoesNotMatch', status: 403 },
  },
  ec2: {
    missing: authFailure,
    malformed: { code: 'IncompleteSignature', status: 400 },
    'unknown-key': authFailure,
    'wrong-signature': authFailure,
    expired: { code: 'RequestExpired', status: 400, text: 'Request has expired.' },
    'expired-token': { code: 'RequestExpired', status: 400, text: 'Request has expired.' },
    'bad-scope': authFailure,
    'no-payload-hash': authFailure,
  },
  'rest-json': {
    missing: { code: 'MissingAuthenticationTokenException', status: 403 },
    malformed: { code: 'IncompleteSignatureException', status: 403 },
    'unknown-key': { code: 'UnrecognizedClientException', status: 403 },
    'wrong-signature': { code: 'InvalidSignatureException', status: 403 },
    expired: { code: 'InvalidSignatureException', status: 403 },
    'bad-scope': { code: 'InvalidSignatureException', status: 403 },
    'expired-token': { code: 'ExpiredTokenException', status: 403 },
    'no-payload-hash': { code: 'InvalidSignatureException', status: 403 },
  },
  // S3 alone speaks it, and tells more than a code: see authenticate-s3.ts.
  'rest-xml': {
    missing: { code: 'AccessDenied', status: 403, text: 'Access Denied' },
    malformed: { code: 'AuthorizationHeaderMalformed', status: 400 },
    'unknown-key': {
      code: 'InvalidAccessKeyId',
      status: 403,
      text: 'The AWS Access Key Id you provided does not exist in our records.',
    },
    'wrong-signature': {
      code: 'SignatureDoesNotMatch',
      status: 403,
      text: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    },
    expired: { code: 'RequestTimeTooSkewed', status: 403 },
    'bad-scope': { code: 'AuthorizationHeaderMalformed', status: 400 },
    'expired-token': { code: 'ExpiredToken', status: 400, text: 'The provided token has expired.' },
    'no-payload-hash': { code: 'InvalidRequest', status: 400 },
  },
};
