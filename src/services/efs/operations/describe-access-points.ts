import type { DescribeAccessPointsRequest, DescribeAccessPointsResponse } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { pageOf } from '../paging.ts';
import { accessPointOf, fileSystemOf } from '../references.ts';
import { accessPoints } from '../tables.ts';
import { accessPointView } from '../views.ts';

export const describeAccessPoints: Operation<DescribeAccessPointsRequest, DescribeAccessPointsResponse> = (
  { AccessPointId, FileSystemId, NextToken, MaxResults },
  { call, store },
) =>
  store.view((reader) => {
    if (AccessPointId !== undefined) {
      return { AccessPoints: [accessPointView(accessPointOf(reader, call, AccessPointId))] };
    }
    const all =
      FileSystemId === undefined
        ? reader.find(accessPoints, 'scope', scopeKey(call))
        : reader.find(accessPoints, 'fileSystem', fileSystemOf(reader, call, FileSystemId).fileSystemId);
    const page = pageOf(all, ({ accessPointId }) => accessPointId, NextToken, MaxResults);
    return {
      AccessPoints: page.items.map(accessPointView),
      ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
    };
  });
