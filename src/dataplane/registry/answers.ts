import type { HttpResponse } from '../../world/net.ts';
import type { Log } from '../../world/world.ts';
import {
  DigestMismatch,
  RegistryError,
  type RegistryErrorCode,
  registryErrorStatus,
  UploadBusy,
  UploadGone,
} from './contract.ts';
import { isFull } from './full.ts';
import type { RegistryRequest } from './registry-request.ts';

/** Clients look for it to know that this is a registry at all. */
const versionHeader = { 'docker-distribution-api-version': 'registry/2.0' } as const;

export function jsonAnswer(body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status: 200,
    headers: { ...versionHeader, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** An answer that is its headers. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { ...versionHeader, 'content-length': '0', ...headers }, body: '' };
}

/** Tells a client without credentials how to come back with some. */
export function challenge(endpoint: string, hadCredentials: boolean): HttpResponse {
  const message = hadCredentials
    ? 'Your authorization token has expired. Reauthenticate and try again.'
    : 'no basic auth credentials';
  return errorBody('UNAUTHORIZED', message, {
    'www-authenticate': `Basic realm="${endpoint}/",service="ecr.amazonaws.com"`,
  });
}

export function errorAnswer(error: unknown, request: RegistryRequest, log: Log): HttpResponse {
  if (error instanceof RegistryError) return errorBody(error.code, error.message);
  if (error instanceof UploadGone) return errorBody('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  if (error instanceof UploadBusy) return errorBody('RANGE_INVALID', 'another request is writing to this upload');
  if (error instanceof DigestMismatch) return errorBody('DIGEST_INVALID', error.message);
  if (isFull(error)) {
    log.error('registry.full', { path: request.path });
    // Not 507: docker shows nothing of such an answer but its number, and that after five repetitions in more than a
    // minute. What is denied it ends at once, with these words.
    return errorBody(
      'DENIED',
      'no space left on device: the disk of the registry is full. Free some of it and push again.',
    );
  }
  if (isClientGone(error)) return errorBody('BLOB_UPLOAD_INVALID', 'the request ended early');
  log.error('registry.failed', {
    method: request.method,
    path: request.path,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return {
    status: 500,
    headers: { ...versionHeader, 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'the request failed; see the log of the server' }] }),
  };
}

/** The connection broke within a body: nobody reads the answer. */
function isClientGone(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NetError' || ('code' in error && error.code === 'ECONNRESET'));
}

export function errorBody(
  code: RegistryErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status: registryErrorStatus[code],
    headers: { ...versionHeader, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ errors: [{ code, message, detail: null }] }),
  };
}
