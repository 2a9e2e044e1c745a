import type { UploadLayerPartRequest, UploadLayerPartResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { invalidLayerPart } from '../errors.ts';
import { uploadNamed } from '../layer-uploads.ts';
import type { EcrParts } from '../parts.ts';

export const uploadLayerPart: Operation<UploadLayerPartRequest, UploadLayerPartResponse, EcrParts> = async (
  input,
  { call, store, parts },
) => {
  const { repository, receivedBytes } = await uploadNamed(store, parts, call, input);
  const { uploadId, partFirstByte, partLastByte, layerPartBlob } = input;
  const described = { registryId: repository.accountId, repositoryName: repository.name, uploadId };
  if (partFirstByte !== receivedBytes || partLastByte - partFirstByte + 1 !== layerPartBlob.length) {
    throw invalidLayerPart(
      `Invalid layer part: bytes ${partFirstByte} to ${partLastByte} with ${layerPartBlob.length} bytes, where byte ${receivedBytes} is next.`,
      { ...described, lastValidByteReceived: receivedBytes - 1 },
    );
  }
  const received = await parts.files.append(uploadId, once(layerPartBlob));
  return { ...described, lastByteReceived: received - 1 };
};

// oxlint-disable-next-line require-await -- a stream of one part
async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
