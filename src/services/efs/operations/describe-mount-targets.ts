import type { DescribeMountTargetsRequest, DescribeMountTargetsResponse } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { badRequest } from '../errors.ts';
import { pageOf } from '../paging.ts';
import { accessPointOf, fileSystemOf, mountTargetOf } from '../references.ts';
import { mountTargets } from '../tables.ts';
import { mountTargetView } from '../views.ts';

export const describeMountTargets: Operation<DescribeMountTargetsRequest, DescribeMountTargetsResponse> = (
  { FileSystemId, MountTargetId, AccessPointId, Marker, MaxItems },
  { call, store },
) =>
  store.view((reader) => {
    if (MountTargetId !== undefined) {
      return { MountTargets: [mountTargetView(mountTargetOf(reader, call, MountTargetId))] };
    }
    const fileSystemId =
      AccessPointId === undefined ? FileSystemId : accessPointOf(reader, call, AccessPointId).fileSystemId;
    if (fileSystemId === undefined) throw badRequest('One of FileSystemId, MountTargetId and AccessPointId is needed.');
    const all = reader.find(mountTargets, 'fileSystem', fileSystemOf(reader, call, fileSystemId).fileSystemId);
    const page = pageOf(all, ({ mountTargetId }) => mountTargetId, Marker, MaxItems);
    return {
      MountTargets: page.items.map(mountTargetView),
      ...(Marker !== undefined && { Marker }),
      ...(page.nextToken !== undefined && { NextMarker: page.nextToken }),
    };
  });
