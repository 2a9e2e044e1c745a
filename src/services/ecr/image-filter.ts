import type { ImageRecord } from './tables.ts';

/** Whether an image is one that a listing's filter asks for. Archived ones are only shown where they are asked for. */
export function fitsFilter(
  image: Pick<ImageRecord, 'archivedAt'>,
  tags: readonly string[],
  filter: { readonly tagStatus?: string | undefined; readonly imageStatus?: string | undefined } | undefined,
): boolean {
  const { tagStatus = 'ANY', imageStatus = 'ACTIVE' } = filter ?? {};
  if (tagStatus === 'TAGGED' && tags.length === 0) return false;
  if (tagStatus === 'UNTAGGED' && tags.length > 0) return false;
  return imageStatus === 'ANY' || imageStatus === (image.archivedAt === undefined ? 'ACTIVE' : 'ARCHIVED');
}
