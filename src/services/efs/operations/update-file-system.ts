import type { FileSystemDescription, UpdateFileSystemRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { badRequest, notAvailable } from '../errors.ts';
import { fileSystemOf } from '../references.ts';
import { checkedThroughput } from '../throughput.ts';
import { type FileSystemRecord, fileSystems } from '../tables.ts';
import { fileSystemView } from '../views.ts';

/** Changes how throughput is paid for on AWS; here the directory is as fast as it is. */
export const updateFileSystem: Operation<UpdateFileSystemRequest, FileSystemDescription> = async (
  input,
  { call, store },
) =>
  store.update((tx) => {
    const { provisionedThroughputInMibps: before, ...fileSystem } = fileSystemOf(tx, call, input.FileSystemId);
    const { fileSystemId, lifeCycleState } = fileSystem;
    if (lifeCycleState !== 'available') throw notAvailable(fileSystemId, lifeCycleState);
    if (input.ThroughputMode === undefined && input.ProvisionedThroughputInMibps === undefined) {
      throw badRequest('Nothing to update: ThroughputMode or ProvisionedThroughputInMibps is needed.');
    }
    const mode = input.ThroughputMode ?? fileSystem.throughputMode;
    const record: FileSystemRecord = {
      ...fileSystem,
      ...checkedThroughput(mode, input.ProvisionedThroughputInMibps ?? (mode === 'provisioned' ? before : undefined)),
    };
    tx.put(fileSystems, record);
    return fileSystemView(tx, record);
  });
