import { AwsError } from '../../../aws/error.ts';
import { decodeToken, type Page } from '../../../core/page.ts';

const pageDefault = 100;
const pageMost = 1000;

/** Throws InvalidMarkerException or ValidationException. */
export function pageAsked(input: { readonly Limit?: number | undefined; readonly Marker?: string | undefined }): {
  readonly size: number;
  readonly afterKey?: string;
} {
  const size = input.Limit ?? pageDefault;
  if (size < 1 || size > pageMost) {
    throw new AwsError('ValidationException', `Limit must be between 1 and ${pageMost}.`);
  }
  if (input.Marker === undefined) return { size };
  const afterKey = decodeToken(input.Marker);
  if (afterKey === undefined) throw new AwsError('InvalidMarkerException', 'Could not deserialize marker');
  return { size, afterKey };
}

export function pageAnswer(page: Page<unknown>): { readonly Truncated: boolean; readonly NextMarker?: string } {
  return page.nextToken === undefined ? { Truncated: false } : { Truncated: true, NextMarker: page.nextToken };
}
