/** Blobs: existence, content, deletion. */
import type { HttpResponse } from '../../world/net.ts';
import { emptyAnswer } from './answers.ts';
import { type Digest, isDigest, RegistryError } from './contract.ts';
import { readByteRange } from './byte-range.ts';
import type { Exchange } from './registry-handler.ts';
import type { BlobRoute, RegistryRequest } from './registry-request.ts';

export async function getBlob<Caller>(
  { state, files, caller }: Exchange<Caller>,
  request: RegistryRequest,
  route: BlobRoute,
): Promise<HttpResponse> {
  const digest = digestOf(route.digest);
  const isHead = request.method === 'HEAD';
  const action = isHead ? 'BatchCheckLayerAvailability' : 'GetDownloadUrlForLayer';
  const repository = await state.repository(caller, route.name, action);
  const blob = await repository.layer(digest);
  if (!blob) throw new RegistryError('BLOB_UNKNOWN', `blob ${digest} unknown to registry`);
  const { sizeBytes } = blob;
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=31536000',
    etag: `"${digest}"`,
  };
  if (isHead) return emptyAnswer(200, { ...headers, 'content-length': String(sizeBytes) });
  const range = readByteRange(request.headers.get('range'), sizeBytes);
  if (range === 'unsatisfiable') {
    return emptyAnswer(416, { 'content-range': `bytes */${sizeBytes}` });
  }
  if (range) {
    const { first, last } = range;
    const length = last - first + 1;
    return {
      status: 206,
      headers: {
        ...headers,
        'content-length': String(length),
        'content-range': `bytes ${first}-${last}/${sizeBytes}`,
      },
      body: files.stream(digest, first, length),
    };
  }
  return {
    status: 200,
    headers: { ...headers, 'content-length': String(sizeBytes) },
    body: files.stream(digest, 0, sizeBytes),
  };
}

export async function deleteBlob<Caller>({ state, caller }: Exchange<Caller>, route: BlobRoute): Promise<HttpResponse> {
  const digest = digestOf(route.digest);
  const repository = await state.repository(caller, route.name, 'BatchDeleteImage');
  await repository.removeLayer(digest);
  return emptyAnswer(202, { 'docker-content-digest': digest });
}

export function digestOf(text: string | undefined): Digest {
  if (text === undefined || !isDigest(text)) {
    throw new RegistryError('DIGEST_INVALID', 'a digest is sha256: and 64 lower-case hexadecimal digits');
  }
  return text;
}
