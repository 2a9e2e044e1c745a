/** Manifests: what an image or an artifact is made of. Whether one is in order the state decides. */
import { assert } from '../../core/assert.ts';
import type { HttpResponse } from '../../world/net.ts';
import { emptyAnswer } from './answers.ts';
import { isDigest, RegistryError } from './contract.ts';
import type { Exchange } from './registry-handler.ts';
import type { ManifestRoute, RegistryRequest } from './registry-request.ts';

/** The specification asks for at least this; a manifest is kept in memory while it is read. */
const longestManifestBytes = 4 * 1024 * 1024;

export async function getManifest<Caller>(
  { state, files, caller }: Exchange<Caller>,
  request: RegistryRequest,
  { name, reference }: ManifestRoute,
): Promise<HttpResponse> {
  const repository = await state.repository(caller, name, 'BatchGetImage');
  const found = await repository.manifest(reference);
  if (!found) throw new RegistryError('MANIFEST_UNKNOWN', `manifest ${reference.slice(0, 200)} unknown to registry`);
  const headers = {
    'content-type': found.mediaType,
    'docker-content-digest': found.digest,
    'content-length': String(found.sizeBytes),
    etag: `"${found.digest}"`,
  };
  if (request.method === 'HEAD') return emptyAnswer(200, headers);
  const bytes = await files.read(found.digest);
  assert(bytes, `the bytes of manifest ${found.digest} are on disk`);
  repository.notePull(found.digest);
  return { status: 200, headers: { ...emptyAnswer(200).headers, ...headers }, body: bytes };
}

export async function putManifest<Caller>(
  { state, caller, hash }: Exchange<Caller>,
  request: RegistryRequest,
  { name, reference }: ManifestRoute,
): Promise<HttpResponse> {
  const repository = await state.repository(caller, name, 'PutImage');
  const bytes = await request.body.read(longestManifestBytes);
  if (!bytes) throw new RegistryError('SIZE_INVALID', `a manifest has at most ${longestManifestBytes} bytes`);
  if (reference.includes(':')) {
    const actual = `sha256:${hash.sha256Hex(bytes)}`;
    if (!isDigest(reference) || actual !== reference) {
      throw new RegistryError('DIGEST_INVALID', `the manifest has the digest ${actual}`);
    }
  }
  const put = await repository.putManifest(reference, bytes, request.headers.get('content-type'));
  return emptyAnswer(201, {
    location: `/v2/${name}/manifests/${put.digest}`,
    'docker-content-digest': put.digest,
    ...(put.subject ? { 'oci-subject': put.subject } : {}),
  });
}

export async function deleteManifest<Caller>(
  { state, caller }: Exchange<Caller>,
  { name, reference }: ManifestRoute,
): Promise<HttpResponse> {
  const repository = await state.repository(caller, name, 'BatchDeleteImage');
  await repository.removeManifest(reference);
  return emptyAnswer(202);
}
