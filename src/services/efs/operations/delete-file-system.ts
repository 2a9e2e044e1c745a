import type { DeleteFileSystemRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { fileSystemInUse } from '../errors.ts';
import { fileSystemOf } from '../references.ts';
import { fileSystems, mountTargets } from '../tables.ts';

/** The files go next, and the record and its access points then (file-system-keeper.ts). */
export const deleteFileSystem: Operation<DeleteFileSystemRequest, object> = async (
  { FileSystemId },
  { call, store },
) => {
  await store.update((tx) => {
    const record = fileSystemOf(tx, call, FileSystemId);
    if (tx.count(mountTargets, 'fileSystem', record.fileSystemId) > 0) throw fileSystemInUse(record.fileSystemId);
    tx.put(fileSystems, { ...record, lifeCycleState: 'deleting' });
  });
  return {};
};
