import type { CreateFileSystemRequest, FileSystemDescription } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { badRequest, fileSystemAlreadyExists, notBuilt } from '../errors.ts';
import { readTags } from '../references.ts';
import { type FileSystemRecord, fileSystems } from '../tables.ts';
import { checkedThroughput } from '../throughput.ts';
import { fileSystemView } from '../views.ts';

/** Creating: the directory is made next, and the file system available then (file-system-keeper.ts). */
export const createFileSystem: Operation<CreateFileSystemRequest, FileSystemDescription> = async (
  input,
  { call, store },
) => {
  const { PerformanceMode: performanceMode = 'generalPurpose', ThroughputMode = 'bursting' } = input;
  if (performanceMode !== 'generalPurpose' && performanceMode !== 'maxIO') throw badRequest('invalid performance mode');
  const throughput = checkedThroughput(ThroughputMode, input.ProvisionedThroughputInMibps);
  if (input.KmsKeyId !== undefined && input.Encrypted !== true) {
    throw badRequest('A KMS key can be given to an encrypted file system only.');
  }
  if (input.Backup === true) throw notBuilt('backups of file systems');
  const tags = readTags(input.Tags ?? []);
  return store.update((tx, env) => {
    const creationToken = input.CreationToken ?? env.newUuid();
    for (const { fileSystemId } of tx.find(fileSystems, 'creationToken', `${scopeKey(call)}/${creationToken}`)) {
      throw fileSystemAlreadyExists(fileSystemId, creationToken);
    }
    const record: FileSystemRecord = {
      accountId: call.accountId,
      region: call.region,
      fileSystemId: `fs-0${env.newId().slice(0, 16)}`,
      creationToken,
      createdAt: env.now,
      lifeCycleState: 'creating',
      performanceMode,
      ...throughput,
      encrypted: input.Encrypted ?? false,
      ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
      ...(input.AvailabilityZoneName !== undefined && { availabilityZoneName: input.AvailabilityZoneName }),
      tags,
    };
    tx.put(fileSystems, record);
    return fileSystemView(tx, record);
  });
};
