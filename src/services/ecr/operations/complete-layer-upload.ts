import type { CompleteLayerUploadRequest, CompleteLayerUploadResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { DigestMismatch, isDigest } from '../../../dataplane/registry/contract.ts';
import { emptyUpload, invalidLayer, invalidParameter, layerExists } from '../errors.ts';
import { uploadNamed } from '../layer-uploads.ts';
import { addLayer } from '../layer-writes.ts';
import type { EcrParts } from '../parts.ts';
import { imageKey, layers } from '../tables.ts';

export const completeLayerUpload: Operation<CompleteLayerUploadRequest, CompleteLayerUploadResponse, EcrParts> = async (
  input,
  { call, store, parts },
) => {
  const { repository, receivedBytes } = await uploadNamed(store, parts, call, input);
  const { uploadId } = input;
  const [layerDigest, ...others] = input.layerDigests;
  if (layerDigest === undefined || others.length > 0 || !isDigest(layerDigest)) {
    throw invalidParameter(
      "Invalid parameter at 'layerDigests' failed to satisfy constraint: 'must be one digest, sha256: and 64 hexadecimal digits'",
    );
  }
  if (receivedBytes === 0) throw emptyUpload();
  const isThere = store.view((reader) => reader.get(layers, imageKey(repository.id, layerDigest)) !== undefined);
  if (isThere) {
    await parts.files.cancelUpload(uploadId);
    throw layerExists(layerDigest, repository.name, repository.accountId);
  }
  try {
    await parts.files.finishUpload(uploadId, layerDigest, (sizeBytes) =>
      addLayer(store, repository.id, layerDigest, sizeBytes),
    );
  } catch (error) {
    if (error instanceof DigestMismatch) throw invalidLayer(`Layer digest does not match: ${error.message}.`);
    throw error;
  }
  return { registryId: repository.accountId, repositoryName: repository.name, uploadId, layerDigest };
};
