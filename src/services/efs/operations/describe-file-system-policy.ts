import type { DescribeFileSystemPolicyRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { policyNotFound } from '../errors.ts';
import { fileSystemOf } from '../references.ts';

/** Nobody can give a file system one here. */
export const describeFileSystemPolicy: Operation<DescribeFileSystemPolicyRequest, object> = (
  { FileSystemId },
  { call, store },
) => {
  throw policyNotFound(store.view((reader) => fileSystemOf(reader, call, FileSystemId)).fileSystemId);
};
