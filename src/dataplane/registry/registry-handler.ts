import type { HttpRequest, HttpResponse } from '../../world/net.ts';
import type { Hash, Log } from '../../world/world.ts';
import { challenge, errorAnswer } from './answers.ts';
import { deleteBlob, getBlob } from './blobs.ts';
import { type BlobFiles, RegistryError, type RegistryState } from './contract.ts';
import { readCredentials } from './credentials.ts';
import { type RegistryRequest, readRegistryRequest } from './registry-request.ts';
import { catalog, listReferrers, listTags } from './listings.ts';
import { deleteManifest, getManifest, putManifest } from './manifests.ts';
import { addToUpload, cancelUpload, finishUpload, startUpload, uploadStatus } from './uploads.ts';

/** Speaks the OCI distribution protocol, version 1.1, under /v2/. */
export function createRegistry<Caller>(parts: {
  readonly state: RegistryState<Caller>;
  readonly files: BlobFiles;
  readonly hash: Hash;
  readonly log: Log;
}): (request: HttpRequest) => Promise<HttpResponse> {
  const { state, log } = parts;
  return async (received) => {
    const request = readRegistryRequest(received);
    try {
      if (request.route.kind === 'download') return await download(parts, request);
      const credentials = readCredentials(request.headers.get('authorization'));
      const caller = credentials && state.authenticate(credentials, request.origin);
      if (caller === undefined) return challenge(request.origin.endpoint, credentials !== undefined);
      return await answer({ ...parts, caller }, request);
    } catch (error) {
      return errorAnswer(error, request, log);
    }
  };
}

/** What every request is answered with, and for whom. */
export interface Exchange<Caller> {
  readonly state: RegistryState<Caller>;
  readonly files: BlobFiles;
  readonly hash: Hash;
  readonly log: Log;
  readonly caller: Caller;
}

async function answer<Caller>(exchange: Exchange<Caller>, request: RegistryRequest): Promise<HttpResponse> {
  const { route, method } = request;
  switch (route.kind) {
    case 'ping':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
    case 'catalog':
      if (method === 'GET') return catalog(exchange, request);
      break;
    case 'tags':
      if (method === 'GET') return listTags(exchange, request, route.name);
      break;
    case 'referrers':
      if (method === 'GET') return listReferrers(exchange, request, route);
      break;
    case 'blob':
      if (method === 'GET' || method === 'HEAD') return getBlob(exchange, request, route);
      if (method === 'DELETE') return deleteBlob(exchange, route);
      break;
    case 'manifest':
      if (method === 'GET' || method === 'HEAD') return getManifest(exchange, request, route);
      if (method === 'PUT') return putManifest(exchange, request, route);
      if (method === 'DELETE') return deleteManifest(exchange, route);
      break;
    case 'uploads':
      if (method === 'POST') return startUpload(exchange, request, route.name);
      break;
    case 'upload':
      if (method === 'PATCH') return addToUpload(exchange, request, route);
      if (method === 'PUT') return finishUpload(exchange, request, route);
      if (method === 'GET') return uploadStatus(exchange, route);
      if (method === 'DELETE') return cancelUpload(exchange, route);
      break;
    case 'download':
    case 'unknown':
      throw new RegistryError('NAME_INVALID', `there is nothing at ${request.path.slice(0, 200)}`);
  }
  throw new RegistryError('UNSUPPORTED', `the method ${method} is not one of ${request.path.slice(0, 200)}`);
}

/** Links need no credentials: whoever has one was given it by GetDownloadUrlForLayer. */
async function download<Caller>(
  { state, files }: Pick<Exchange<Caller>, 'state' | 'files'>,
  { route, method }: RegistryRequest,
): Promise<HttpResponse> {
  const found = route.kind === 'download' ? state.download(route.link) : undefined;
  if (!found) throw new RegistryError('DENIED', 'this link is not valid, or not any more');
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(found.sizeBytes) };
  if (method === 'HEAD') return { status: 200, headers, body: '' };
  return { status: 200, headers, body: files.stream(found.digest, 0, found.sizeBytes) };
}
