/** Uploads of blobs: whole, in chunks, taken up again, or mounted from another repository. */
import type { HttpResponse } from '../../world/net.ts';
import { emptyAnswer, errorBody } from './answers.ts';
import { digestOf } from './blobs.ts';
import { readChunkRange } from './byte-range.ts';
import { type Digest, isDigest, RegistryError, type RepositoryAccess, type RepositoryAction } from './contract.ts';
import type { Exchange } from './registry-handler.ts';
import type { RegistryRequest, UploadRoute } from './registry-request.ts';

export async function startUpload<Caller>(
  exchange: Exchange<Caller>,
  request: RegistryRequest,
  name: string,
): Promise<HttpResponse> {
  const { state, files, caller } = exchange;
  const repository = await state.repository(caller, name, 'InitiateLayerUpload');
  const mount = request.query.get('mount');
  const from = request.query.get('from');
  // Without `from` a registry may look where it likes; one that looks nowhere answers with an upload.
  if (mount !== undefined && isDigest(mount) && from !== undefined && (await repository.mountLayer(mount, from))) {
    return created(name, mount);
  }
  const uploadId = repository.newUploadId();
  const digest = request.query.get('digest');
  if (digest !== undefined) {
    const wanted = digestOf(digest);
    const finishing = await state.repository(caller, name, 'CompleteLayerUpload');
    await files.beginUpload(uploadId);
    await files.append(uploadId, bytesOf(request));
    return finish(exchange, finishing, { kind: 'upload', name, uploadId }, wanted);
  }
  await files.beginUpload(uploadId);
  return inProgress(202, { kind: 'upload', name, uploadId }, 0);
}

export async function addToUpload<Caller>(
  exchange: Exchange<Caller>,
  request: RegistryRequest,
  route: UploadRoute,
): Promise<HttpResponse> {
  await owned(exchange, route, 'UploadLayerPart');
  const refused = await misplaced(exchange, request, route);
  if (refused) return refused;
  return inProgress(202, route, await exchange.files.append(route.uploadId, bytesOf(request)));
}

export async function finishUpload<Caller>(
  exchange: Exchange<Caller>,
  request: RegistryRequest,
  route: UploadRoute,
): Promise<HttpResponse> {
  const repository = await owned(exchange, route, 'CompleteLayerUpload');
  const digest = digestOf(request.query.get('digest'));
  const refused = await misplaced(exchange, request, route);
  if (refused) return refused;
  const hasBody = request.headers.get('content-length') !== '0';
  if (hasBody) await exchange.files.append(route.uploadId, bytesOf(request));
  return finish(exchange, repository, route, digest);
}

export async function uploadStatus<Caller>(exchange: Exchange<Caller>, route: UploadRoute): Promise<HttpResponse> {
  await owned(exchange, route, 'UploadLayerPart');
  return inProgress(204, route, await received(exchange, route));
}

export async function cancelUpload<Caller>(exchange: Exchange<Caller>, route: UploadRoute): Promise<HttpResponse> {
  await owned(exchange, route, 'UploadLayerPart');
  await received(exchange, route);
  await exchange.files.cancelUpload(route.uploadId);
  return emptyAnswer(204);
}

function bytesOf({ body }: RegistryRequest): AsyncIterable<Uint8Array> {
  return body.lend?.() ?? body.stream();
}

async function owned<Caller>(
  { state, caller }: Exchange<Caller>,
  route: UploadRoute,
  action: RepositoryAction,
): Promise<RepositoryAccess> {
  const repository = await state.repository(caller, route.name, action);
  if (!repository.ownsUpload(route.uploadId)) throw uploadUnknown();
  return repository;
}

async function received<Caller>({ files }: Exchange<Caller>, { uploadId }: UploadRoute): Promise<number> {
  const bytes = await files.uploadedBytes(uploadId);
  if (bytes === undefined) throw uploadUnknown();
  return bytes;
}

/** A chunk goes where the last one ended; the answer to any other says where that is. */
async function misplaced<Caller>(
  exchange: Exchange<Caller>,
  request: RegistryRequest,
  route: UploadRoute,
): Promise<HttpResponse | undefined> {
  const bytes = await received(exchange, route);
  const range = readChunkRange(request.headers.get('content-range'));
  if (range === undefined) return undefined;
  const length = request.headers.get('content-length');
  if (range === 'invalid' || (length !== undefined && Number(length) !== range.last - range.first + 1)) {
    throw new RegistryError('BLOB_UPLOAD_INVALID', 'the Content-Range is not that of the bytes that are sent');
  }
  if (range.first === bytes) return undefined;
  return errorBody('RANGE_INVALID', `the upload goes on at byte ${bytes}, not ${range.first}`, {
    ...progress(route, bytes),
  });
}

async function finish<Caller>(
  { files }: Exchange<Caller>,
  repository: RepositoryAccess,
  route: UploadRoute,
  digest: Digest,
): Promise<HttpResponse> {
  await files.finishUpload(route.uploadId, digest, (sizeBytes) => repository.addLayer(digest, sizeBytes));
  return created(route.name, digest);
}

function created(name: string, digest: Digest): HttpResponse {
  return emptyAnswer(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
}

function inProgress(status: number, route: UploadRoute, bytes: number): HttpResponse {
  return emptyAnswer(status, progress(route, bytes));
}

function progress({ name, uploadId }: UploadRoute, bytes: number): Readonly<Record<string, string>> {
  return {
    location: `/v2/${name}/blobs/uploads/${uploadId}`,
    range: `0-${Math.max(0, bytes - 1)}`, // of nothing as well: the notation has no empty range
    'docker-upload-uuid': uploadId,
  };
}

function uploadUnknown(): RegistryError {
  return new RegistryError('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
}
