import type { ImageIdentifier, ListImagesRequest, ListImagesResponse } from '@aws-sdk/client-ecr';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import type { Reader } from '../../../store/store.ts';
import { fitsFilter } from '../image-filter.ts';
import { pageAsked } from '../paging.ts';
import { repositoryNamed, tagsOf } from '../references.ts';
import { images, type ImageRecord, type RepositoryRecord } from '../tables.ts';

export const listImages: Operation<ListImagesRequest, ListImagesResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const repository = repositoryNamed(reader, call, input);
    const { size, afterKey } = pageAsked(input);
    const identifiers = identifiersOf(reader, repository, input.filter, afterKey);
    const page = takePage(identifiers, size, ({ key }) => key);
    return {
      imageIds: page.items.map(({ imageId }) => imageId),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  });

/** One for each tag, and one for each image without. Keys are those of the images, and the tags after them. */
function* identifiersOf(
  reader: Reader,
  repository: RepositoryRecord,
  filter: ListImagesRequest['filter'],
  afterKey: string | undefined,
): Iterable<{ readonly key: string; readonly imageId: Answer<ImageIdentifier> }> {
  const [afterImage, afterTag] = afterKey?.split(' ') ?? [];
  const rest = reader.find(images, 'repository', repository.id, afterImage);
  const begun = afterImage === undefined ? undefined : reader.get(images, afterImage);
  if (begun && afterTag !== undefined) yield* ofImage(reader, begun, filter, afterTag);
  for (const image of rest) yield* ofImage(reader, image, filter, undefined);
}

function* ofImage(
  reader: Reader,
  image: ImageRecord,
  filter: ListImagesRequest['filter'],
  afterTag: string | undefined,
): Iterable<{ readonly key: string; readonly imageId: Answer<ImageIdentifier> }> {
  const tags = tagsOf(reader, image);
  if (!fitsFilter(image, tags, filter)) return;
  const key = images.key(image);
  if (tags.length === 0 && afterTag === undefined) yield { key, imageId: { imageDigest: image.digest } };
  for (const imageTag of tags) {
    if (afterTag !== undefined && imageTag <= afterTag) continue;
    yield { key: `${key} ${imageTag}`, imageId: { imageDigest: image.digest, imageTag } };
  }
}
