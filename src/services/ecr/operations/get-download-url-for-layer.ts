import type { GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { layersNotFound } from '../errors.ts';
import type { EcrParts } from '../parts.ts';
import { repositoryNamed } from '../references.ts';
import { imageKey, layers } from '../tables.ts';
import { createLink } from '../tokens.ts';

export const getDownloadUrlForLayer: Operation<
  GetDownloadUrlForLayerRequest,
  GetDownloadUrlForLayerResponse,
  EcrParts
> = (input, { call, store, parts }) =>
  store.view((reader) => {
    const { id, name, accountId } = repositoryNamed(reader, call, input);
    const { layerDigest } = input;
    if (!reader.get(layers, imageKey(id, layerDigest))) throw layersNotFound([layerDigest], name, accountId);
    const link = createLink(reader, parts.hash, { repositoryId: id, digest: layerDigest }, call.receivedAt);
    return { downloadUrl: `${call.endpoint}/v2/_download/${link}`, layerDigest };
  });
