import type { GetObjectLockConfigurationRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';

/** As of a bucket that was never given one: nobody can give it one here. */
export const getObjectLockConfiguration: Operation<GetObjectLockConfigurationRequest, object> = (
  input,
  { call, store },
) => {
  const { name } = store.view((reader) => bucketOf(reader, input, call));
  throw notConfigured(
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
    name,
  );
};
