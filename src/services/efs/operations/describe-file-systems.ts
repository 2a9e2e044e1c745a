import type { DescribeFileSystemsRequest, DescribeFileSystemsResponse } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { pageOf } from '../paging.ts';
import { fileSystemOf } from '../references.ts';
import { fileSystems } from '../tables.ts';
import { fileSystemView } from '../views.ts';

export const describeFileSystems: Operation<DescribeFileSystemsRequest, DescribeFileSystemsResponse> = (
  { FileSystemId, CreationToken, Marker, MaxItems },
  { call, store },
) =>
  store.view((reader) => {
    if (FileSystemId !== undefined) {
      return { FileSystems: [fileSystemView(reader, fileSystemOf(reader, call, FileSystemId))] };
    }
    const all =
      CreationToken === undefined
        ? reader.find(fileSystems, 'scope', scopeKey(call))
        : reader.find(fileSystems, 'creationToken', `${scopeKey(call)}/${CreationToken}`);
    const page = pageOf(all, ({ fileSystemId }) => fileSystemId, Marker, MaxItems);
    return {
      FileSystems: page.items.map((record) => fileSystemView(reader, record)),
      ...(Marker !== undefined && { Marker }),
      ...(page.nextToken !== undefined && { NextMarker: page.nextToken }),
    };
  });
