/** The records of Amazon EFS; private to this folder. The files themselves are a directory for each file system. */
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export type LifeCycleState = 'creating' | 'available' | 'deleting';

export interface FileSystemRecord extends Scope {
  readonly fileSystemId: string;
  readonly creationToken: string;
  readonly createdAt: Instant;
  readonly lifeCycleState: LifeCycleState;
  /** Where its files are, on the machine of the control plane; absent until they are anywhere. */
  readonly directory?: string;
  readonly performanceMode: 'generalPurpose' | 'maxIO';
  readonly throughputMode: 'bursting' | 'provisioned' | 'elastic';
  readonly provisionedThroughputInMibps?: number;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly availabilityZoneName?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export const fileSystems = table<FileSystemRecord>()({
  name: 'efs.file-systems',
  key: ({ fileSystemId }) => fileSystemId,
  indexes: {
    scope: scopeKey,
    creationToken: (record) => `${scopeKey(record)}/${record.creationToken}`,
  },
});

export interface AccessPointRecord extends Scope {
  readonly accessPointId: string;
  readonly clientToken: string;
  readonly fileSystemId: string;
  readonly posixUser?: { readonly Uid: number; readonly Gid: number; readonly SecondaryGids?: readonly number[] };
  readonly rootDirectory: {
    readonly Path: string;
    readonly CreationInfo?: { readonly OwnerUid: number; readonly OwnerGid: number; readonly Permissions: string };
  };
  readonly tags: Readonly<Record<string, string>>;
}

export const accessPoints = table<AccessPointRecord>()({
  name: 'efs.access-points',
  key: ({ accessPointId }) => accessPointId,
  indexes: {
    scope: scopeKey,
    fileSystem: ({ fileSystemId }) => fileSystemId,
    clientToken: (record) => `${scopeKey(record)}/${record.clientToken}`,
  },
});

export interface MountTargetRecord extends Scope {
  readonly mountTargetId: string;
  readonly fileSystemId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZoneName: string;
  readonly ipAddress: string;
  readonly networkInterfaceId: string;
  readonly securityGroupIds: readonly string[];
}

export const mountTargets = table<MountTargetRecord>()({
  name: 'efs.mount-targets',
  key: ({ mountTargetId }) => mountTargetId,
  indexes: { scope: scopeKey, fileSystem: ({ fileSystemId }) => fileSystemId },
});
