/** The manifest of Amazon EFS. */
import type { Service } from '../../aws/service.ts';
import { createAccessPoint } from './operations/create-access-point.ts';
import { createFileSystem } from './operations/create-file-system.ts';
import { createMountTarget } from './operations/create-mount-target.ts';
import { deleteAccessPoint } from './operations/delete-access-point.ts';
import { deleteFileSystem } from './operations/delete-file-system.ts';
import { deleteMountTarget } from './operations/delete-mount-target.ts';
import { describeAccessPoints } from './operations/describe-access-points.ts';
import { describeBackupPolicy } from './operations/describe-backup-policy.ts';
import { describeFileSystemPolicy } from './operations/describe-file-system-policy.ts';
import { describeFileSystems } from './operations/describe-file-systems.ts';
import { describeLifecycleConfiguration } from './operations/describe-lifecycle-configuration.ts';
import { describeMountTargetSecurityGroups } from './operations/describe-mount-target-security-groups.ts';
import { describeMountTargets } from './operations/describe-mount-targets.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { modifyMountTargetSecurityGroups } from './operations/modify-mount-target-security-groups.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateFileSystem } from './operations/update-file-system.ts';
import type { EfsParts } from './parts.ts';
import { permissions } from './permissions.ts';
import { accessPoints, fileSystems, mountTargets } from './tables.ts';

export function efsService(parts: EfsParts): Service<EfsParts> {
  return {
    name: 'elasticfilesystem',
    model: async () => (await import('../../aws/models/efs.gen.ts')).model,
    rest: 'rest-json',
    operations: {
      CreateAccessPoint: createAccessPoint,
      CreateFileSystem: createFileSystem,
      CreateMountTarget: createMountTarget,
      DeleteAccessPoint: deleteAccessPoint,
      DeleteFileSystem: deleteFileSystem,
      DeleteMountTarget: deleteMountTarget,
      DescribeAccessPoints: describeAccessPoints,
      DescribeBackupPolicy: describeBackupPolicy,
      DescribeFileSystemPolicy: describeFileSystemPolicy,
      DescribeFileSystems: describeFileSystems,
      DescribeLifecycleConfiguration: describeLifecycleConfiguration,
      DescribeMountTargetSecurityGroups: describeMountTargetSecurityGroups,
      DescribeMountTargets: describeMountTargets,
      ListTagsForResource: listTagsForResource,
      ModifyMountTargetSecurityGroups: modifyMountTargetSecurityGroups,
      TagResource: tagResource,
      UntagResource: untagResource,
      UpdateFileSystem: updateFileSystem,
    },
    permissions,
    tables: [accessPoints, fileSystems, mountTargets],
    projections: [],
    reconcilers: [],
    parts,
    sockets: {},
  };
}
