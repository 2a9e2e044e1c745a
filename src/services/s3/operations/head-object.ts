import type { HeadObjectOutput, HeadObjectRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { readObject } from '../object-read.ts';

export const headObject: Operation<HeadObjectRequest, HeadObjectOutput> = (input, { call, store }) =>
  store.view((reader) => readObject(reader, input, call).view);
