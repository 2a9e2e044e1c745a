import type { GetPublicAccessBlockOutput, GetPublicAccessBlockRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';

export const getPublicAccessBlock: Operation<GetPublicAccessBlockRequest, GetPublicAccessBlockOutput> = (
  input,
  { call, store },
) => {
  const { name, publicAccessBlock } = store.view((reader) => bucketOf(reader, input, call));
  if (publicAccessBlock) return { PublicAccessBlockConfiguration: publicAccessBlock };
  throw notConfigured(
    'NoSuchPublicAccessBlockConfiguration',
    'The public access block configuration was not found',
    name,
  );
};
