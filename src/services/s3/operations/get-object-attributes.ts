import type { GetObjectAttributesOutput, GetObjectAttributesRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { objectOf } from '../references.ts';
import { checksumView } from '../object-view.ts';
import { limits } from '../rules/limits.ts';

export const getObjectAttributes: Operation<GetObjectAttributesRequest, GetObjectAttributesOutput> = (
  input,
  { call, store },
) => {
  const object = store.view((reader) => objectOf(reader, input, call));
  const wanted = new Set<string>(input.ObjectAttributes);
  const { parts, checksum } = object;
  const marker = Number(input.PartNumberMarker ?? 0);
  const most = Math.min(input.MaxParts ?? limits.listPage, limits.listPage);
  const shown = parts?.filter(({ partNumber }) => partNumber > marker).slice(0, most) ?? [];
  const last = shown.at(-1)?.partNumber ?? 0;
  return {
    LastModified: new Date(object.lastModifiedAt),
    ...(wanted.has('ETag') && { ETag: object.etag }),
    ...(wanted.has('Checksum') && checksum && { Checksum: checksumView(checksum) }),
    ...(wanted.has('ObjectParts') &&
      parts && {
        ObjectParts: {
          TotalPartsCount: parts.length,
          PartNumberMarker: String(marker),
          NextPartNumberMarker: String(last),
          MaxParts: most,
          IsTruncated: parts.some(({ partNumber }) => partNumber > last),
          ...(checksum && {
            Parts: shown.map(({ partNumber, size, checksum: value }) => ({
              PartNumber: partNumber,
              Size: size,
              ...(value !== undefined && { [`Checksum${checksum.algorithm}`]: value }),
            })),
          }),
        },
      }),
    ...(wanted.has('StorageClass') && { StorageClass: object.description.storageClass }),
    ...(wanted.has('ObjectSize') && { ObjectSize: object.size }),
  };
};
