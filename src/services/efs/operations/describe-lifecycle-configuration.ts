import type { DescribeLifecycleConfigurationRequest, LifecycleConfigurationDescription } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { fileSystemOf } from '../references.ts';

/** Nobody can give a file system one here: all its files stay where they are. */
export const describeLifecycleConfiguration: Operation<
  DescribeLifecycleConfigurationRequest,
  LifecycleConfigurationDescription
> = ({ FileSystemId }, { call, store }) => {
  store.view((reader) => fileSystemOf(reader, call, FileSystemId));
  return { LifecyclePolicies: [] };
};
