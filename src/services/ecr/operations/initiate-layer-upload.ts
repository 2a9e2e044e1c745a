import type { InitiateLayerUploadRequest, InitiateLayerUploadResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import type { EcrParts } from '../parts.ts';
import { repositoryNamed } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { createUploadId } from '../tokens.ts';

export const initiateLayerUpload: Operation<InitiateLayerUploadRequest, InitiateLayerUploadResponse, EcrParts> = async (
  input,
  { call, store, parts },
) => {
  const uploadId = store.view((reader) => {
    const { id } = repositoryNamed(reader, call, input);
    return createUploadId(reader, parts.hash, parts.random, id, call.receivedAt);
  });
  await parts.files.beginUpload(uploadId);
  return { uploadId, partSize: limits.layerPartBytes };
};
