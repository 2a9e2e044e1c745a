import type { UploadPartOutput, UploadPartRequest } from '@aws-sdk/client-s3';
import type { OperationContext } from '../../../aws/operation.ts';
import { encryptionView } from '../object-description.ts';
import type { S3Parts } from '../parts.ts';
import { receivePart } from '../receive-part.ts';
import { uploadOf } from '../references.ts';
import type { Streamed } from '../streamed.ts';
import { checkPartNumber } from '../part-number.ts';

export async function uploadPart(
  input: Streamed<UploadPartRequest>,
  { call, store, parts }: OperationContext<S3Parts>,
): Promise<UploadPartOutput> {
  checkPartNumber(input.PartNumber);
  const { encryption } = store.view((reader) => uploadOf(reader, input, call)).description;
  const { view } = await receivePart({ call, store, parts }, input, input.Body, input.ContentMD5);
  return { ...view, ...encryptionView(encryption) };
}
