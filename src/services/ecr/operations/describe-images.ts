import type { DescribeImagesRequest, DescribeImagesResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import type { Reader } from '../../../store/store.ts';
import { checkBatch } from '../image-failures.ts';
import { fitsFilter } from '../image-filter.ts';
import { pageAsked } from '../paging.ts';
import { imageNamed, repositoryNamed, tagsOf } from '../references.ts';
import { images, type ImageRecord, type RepositoryRecord } from '../tables.ts';
import { imageDetail } from '../views.ts';

export const describeImages: Operation<DescribeImagesRequest, DescribeImagesResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const repository = repositoryNamed(reader, call, input);
    if (input.imageIds) {
      checkBatch(input.imageIds);
      const found = new Set(input.imageIds.map((imageId) => imageNamed(reader, repository, imageId)));
      return { imageDetails: [...found].map((image) => imageDetail(reader, repository, image)) };
    }
    const { size, afterKey } = pageAsked(input);
    const page = takePage(wanted(reader, repository, input.filter, afterKey), size, images.key);
    return {
      imageDetails: page.items.map((image) => imageDetail(reader, repository, image)),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  });

function* wanted(
  reader: Reader,
  repository: RepositoryRecord,
  filter: DescribeImagesRequest['filter'],
  afterKey: string | undefined,
): Iterable<ImageRecord> {
  for (const image of reader.find(images, 'repository', repository.id, afterKey)) {
    if (fitsFilter(image, tagsOf(reader, image), filter)) yield image;
  }
}
