import type { AccessPointDescription, FileSystemDescription, MountTargetDescription } from '@aws-sdk/client-efs';
import type { Answer } from '../../aws/operation.ts';
import { formatArn } from '../../core/arn.ts';
import type { Reader } from '../../store/store.ts';
import { zoneIdOf } from '../ec2/public.ts';
import { type AccessPointRecord, type FileSystemRecord, type MountTargetRecord, mountTargets } from './tables.ts';

export function fileSystemArn({ accountId, region, fileSystemId }: FileSystemRecord): string {
  return formatArn({ service: 'elasticfilesystem', region, accountId, resource: `file-system/${fileSystemId}` });
}

export function accessPointArn({ accountId, region, accessPointId }: AccessPointRecord): string {
  return formatArn({ service: 'elasticfilesystem', region, accountId, resource: `access-point/${accessPointId}` });
}

export function tagList(tags: Readonly<Record<string, string>>): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Differs from AWS: the size is always that of an empty file system; nobody counts the files. */
export function fileSystemView(reader: Reader, record: FileSystemRecord): Answer<FileSystemDescription> {
  const name = record.tags['Name'];
  return {
    OwnerId: record.accountId,
    CreationToken: record.creationToken,
    FileSystemId: record.fileSystemId,
    FileSystemArn: fileSystemArn(record),
    CreationTime: new Date(record.createdAt),
    LifeCycleState: record.lifeCycleState,
    ...(name !== undefined && { Name: name }),
    NumberOfMountTargets: reader.count(mountTargets, 'fileSystem', record.fileSystemId),
    SizeInBytes: { Value: 6144, ValueInIA: 0, ValueInStandard: 6144, ValueInArchive: 0 },
    PerformanceMode: record.performanceMode,
    Encrypted: record.encrypted,
    ...(record.kmsKeyId !== undefined && { KmsKeyId: record.kmsKeyId }),
    ThroughputMode: record.throughputMode,
    ...(record.provisionedThroughputInMibps !== undefined && {
      ProvisionedThroughputInMibps: record.provisionedThroughputInMibps,
    }),
    ...(record.availabilityZoneName !== undefined && { AvailabilityZoneName: record.availabilityZoneName }),
    Tags: tagList(record.tags),
    FileSystemProtection: { ReplicationOverwriteProtection: 'ENABLED' },
  };
}

export function accessPointView(record: AccessPointRecord): Answer<AccessPointDescription> {
  const name = record.tags['Name'];
  return {
    ClientToken: record.clientToken,
    ...(name !== undefined && { Name: name }),
    Tags: tagList(record.tags),
    AccessPointId: record.accessPointId,
    AccessPointArn: accessPointArn(record),
    FileSystemId: record.fileSystemId,
    ...(record.posixUser && { PosixUser: record.posixUser }),
    RootDirectory: record.rootDirectory,
    OwnerId: record.accountId,
    LifeCycleState: 'available',
  };
}

export function mountTargetView(record: MountTargetRecord): Answer<MountTargetDescription> {
  const zoneId = zoneIdOf(record.region, record.availabilityZoneName);
  return {
    OwnerId: record.accountId,
    MountTargetId: record.mountTargetId,
    FileSystemId: record.fileSystemId,
    SubnetId: record.subnetId,
    LifeCycleState: 'available',
    IpAddress: record.ipAddress,
    NetworkInterfaceId: record.networkInterfaceId,
    AvailabilityZoneName: record.availabilityZoneName,
    ...(zoneId !== undefined && { AvailabilityZoneId: zoneId }),
    VpcId: record.vpcId,
  };
}
