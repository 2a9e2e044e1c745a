import type { Call } from '../../aws/operation.ts';
import { type Permissions, plainTags, requestTagConditions, resourceTagConditions } from '../../aws/permission.ts';
import { formatArn } from '../../core/arn.ts';
import type { Reader } from '../../store/store.ts';
import { accessPoints, fileSystems, mountTargets } from './tables.ts';

interface Input {
  readonly FileSystemId?: string;
  readonly AccessPointId?: string;
  readonly MountTargetId?: string;
  readonly ResourceId?: string;
  readonly Encrypted?: boolean;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

function on(action: string): Permissions<Input> {
  return (input, { call, reader }) => {
    const { arn, tags } = resourceOf(input, call, reader);
    return [
      {
        action: `elasticfilesystem:${action}`,
        resources: [arn],
        conditions: {
          ...resourceTagConditions(tags),
          ...requestTagConditions(plainTags(input.Tags)),
          ...(action === 'CreateFileSystem' && { 'elasticfilesystem:Encrypted': String(input.Encrypted ?? false) }),
        },
      },
    ];
  };
}

function resourceOf(
  { FileSystemId, AccessPointId, MountTargetId, ResourceId }: Input,
  call: Call,
  reader: Reader,
): { readonly arn: string; readonly tags: readonly { readonly key: string; readonly value: string }[] } {
  const named = ResourceId?.split('/').at(-1);
  const accessPointId = AccessPointId ?? (named?.startsWith('fsap-') ? named : undefined);
  const ofMountTarget = MountTargetId === undefined ? undefined : reader.get(mountTargets, MountTargetId)?.fileSystemId;
  const id = accessPointId ?? FileSystemId ?? ofMountTarget ?? named;
  const kind = accessPointId === undefined ? 'file-system' : 'access-point';
  if (id === undefined) return { arn: '*', tags: [] };
  const record = accessPointId === undefined ? reader.get(fileSystems, id) : reader.get(accessPoints, id);
  const { accountId, region } = call;
  return {
    arn: formatArn({ service: 'elasticfilesystem', region, accountId, resource: `${kind}/${id}` }),
    tags: Object.entries(record?.tags ?? {}).map(([key, value]) => ({ key, value })),
  };
}

export const permissions: Readonly<Record<string, Permissions<never>>> = Object.fromEntries(
  [
    'CreateFileSystem',
    'DescribeFileSystems',
    'DeleteFileSystem',
    'CreateAccessPoint',
    'DescribeAccessPoints',
    'DeleteAccessPoint',
    'CreateMountTarget',
    'DescribeMountTargets',
    'DeleteMountTarget',
    'DescribeMountTargetSecurityGroups',
    'DescribeLifecycleConfiguration',
    'DescribeFileSystemPolicy',
    'DescribeBackupPolicy',
    'ModifyMountTargetSecurityGroups',
    'UpdateFileSystem',
    'ListTagsForResource',
    'TagResource',
    'UntagResource',
  ].map((action) => [action, on(action)]),
);
