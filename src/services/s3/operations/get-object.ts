import type { GetObjectOutput, GetObjectRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { readObject } from '../object-read.ts';
import type { S3Parts } from '../parts.ts';
import type { Streaming } from '../streamed.ts';

/** The bytes are those of the moment at which it was asked, whatever is written to the key while they go out. */
export const getObject: Operation<GetObjectRequest, Streaming<GetObjectOutput>, S3Parts> = (
  input,
  { call, store, parts },
) =>
  store.view((reader) => {
    const { object, offset, length, view } = readObject(reader, input, call);
    return { ...view, Body: parts.files.read(object.segments, offset, length) };
  });
