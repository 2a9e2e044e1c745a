import type { Reader } from '../../store/store.ts';
import type { Scope } from '../../core/scope.ts';
import { accessPoints, fileSystems } from './tables.ts';

/** A file system as a task mounts it, itself or through an access point. */
export interface FileSystemMount {
  readonly fileSystemId: string;
  /** On the machine of the control plane: it holds `data` and a file `file-system-id`. */
  readonly directory: string;
  readonly accessPoint?: {
    readonly accessPointId: string;
    readonly path: string;
    readonly creation?: { readonly userId: number; readonly groupId: number; readonly permissions: string };
    /** In whose name all is done through it. */
    readonly user?: {
      readonly userId: number;
      readonly groupId: number;
      readonly secondaryGroupIds: readonly number[];
    };
  };
}

/** Undefined where there is no such file system, none that is available, or no such access point to it. */
export function fileSystemMount(
  reader: Reader,
  scope: Scope,
  fileSystemId: string,
  accessPointId?: string,
): FileSystemMount | undefined {
  const record = reader.get(fileSystems, fileSystemId);
  if (record?.lifeCycleState !== 'available' || record.directory === undefined) return undefined;
  if (record.accountId !== scope.accountId || record.region !== scope.region) return undefined;
  const mount = { fileSystemId, directory: record.directory };
  if (accessPointId === undefined) return mount;
  const accessPoint = reader.get(accessPoints, accessPointId);
  if (accessPoint?.fileSystemId !== fileSystemId) return undefined;
  const { Path: path, CreationInfo: creation } = accessPoint.rootDirectory;
  const { posixUser: user } = accessPoint;
  return {
    ...mount,
    accessPoint: {
      accessPointId,
      path,
      ...(creation && {
        creation: { userId: creation.OwnerUid, groupId: creation.OwnerGid, permissions: creation.Permissions },
      }),
      ...(user && { user: { userId: user.Uid, groupId: user.Gid, secondaryGroupIds: user.SecondaryGids ?? [] } }),
    },
  };
}
