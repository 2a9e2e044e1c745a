import type { UploadPartCopyOutput, UploadPartCopyRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { type ChecksumAlgorithm, startChecksum } from '../../../aws/payload/checksum.ts';
import type { ReceivedBody } from '../../../aws/payload/received-body.ts';
import type { Hash } from '../../../world/world.ts';
import { copySourceOf } from '../copy-source.ts';
import { invalidArgument } from '../errors.ts';
import { encryptionView } from '../object-description.ts';
import { checkPartNumber } from '../part-number.ts';
import type { S3Parts } from '../parts.ts';
import { receivePart } from '../receive-part.ts';
import { uploadOf } from '../references.ts';

/** Bytes are copied: the part's ETag is of them, so they have to be read anyway. */
export const uploadPartCopy: Operation<UploadPartCopyRequest, UploadPartCopyOutput, S3Parts> = async (
  input,
  { call, store, parts },
) => {
  checkPartNumber(input.PartNumber);
  const { upload, body } = store.view((reader) => {
    const source = copySourceOf(reader, input, call);
    const { offset, length } = rangeOf(input.CopySourceRange, source.size);
    const stream = copied(parts.files.read(source.segments, offset, length));
    const upload = uploadOf(reader, input, call);
    return { upload, body: checksummed(stream, length, upload.checksumAlgorithm, parts.hash) };
  });
  const { view, storedAt } = await receivePart({ call, store, parts }, input, body, undefined);
  return {
    CopyPartResult: { ...view, LastModified: new Date(storedAt) },
    ...encryptionView(upload.description.encryption),
  };
};

/** What is read is read again into the same memory, and a write that is under way still needs it. */
function copied(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const part of stream) yield part.slice();
    },
  };
}

/** With the checksum that the upload asks of its parts, known at the end. */
function checksummed(
  stream: AsyncIterable<Uint8Array>,
  length: number,
  algorithm: ChecksumAlgorithm | undefined,
  hash: Hash,
): ReceivedBody {
  let value: string | undefined;
  return {
    length,
    checksum: () => (algorithm === undefined || value === undefined ? undefined : { algorithm, value }),
    async *[Symbol.asyncIterator]() {
      const running = algorithm === undefined ? undefined : startChecksum(algorithm, hash);
      for await (const part of stream) {
        running?.update(part);
        yield part;
      }
      value = running?.base64();
    },
  };
}

function rangeOf(text: string | undefined, size: number): { readonly offset: number; readonly length: number } {
  if (text === undefined) return { offset: 0, length: size };
  const found = /^bytes=([0-9]{1,15})-([0-9]{1,15})$/.exec(text);
  const [first, last] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || last < first) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      text,
    );
  }
  if (last >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      text,
    );
  }
  return { offset: first, length: last - first + 1 };
}
