import type { ListImageReferrersRequest, ListImageReferrersResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { pageAsked } from '../paging.ts';
import { repositoryNamed } from '../references.ts';
import { imageKey, images } from '../tables.ts';

export const listImageReferrers: Operation<ListImageReferrersRequest, ListImageReferrersResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { id } = repositoryNamed(reader, call, input);
    const { size, afterKey } = pageAsked(input);
    const { artifactTypes, artifactStatus = 'ACTIVE' } = input.filter ?? {};
    const found = [...reader.find(images, 'subject', imageKey(id, input.subjectId.imageDigest), afterKey)].filter(
      (image) =>
        (artifactTypes === undefined || artifactTypes.includes(image.artifactType ?? '')) &&
        (artifactStatus === 'ANY' || artifactStatus === (image.archivedAt === undefined ? 'ACTIVE' : 'ARCHIVED')),
    );
    const page = takePage(found, size, images.key);
    return {
      referrers: page.items.map((image) => ({
        digest: image.digest,
        mediaType: image.mediaType,
        size: image.manifestBytes,
        ...(image.artifactType === undefined ? {} : { artifactType: image.artifactType }),
        ...(image.annotations === undefined ? {} : { annotations: image.annotations }),
        artifactStatus: image.archivedAt === undefined ? 'ACTIVE' : 'ARCHIVED',
      })),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  });
