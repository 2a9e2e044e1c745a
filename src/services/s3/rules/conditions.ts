/** What a request asks of an object before it is served. ETags as they came, with or without quotes. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: Date | undefined;
  readonly ifUnmodifiedSince?: Date | undefined;
}

export type Verdict =
  | { readonly kind: 'holds' }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'failed'; readonly condition: string };

/** RFC 9110's order: an ETag that is asked about decides over a date. Dates have whole seconds. */
export function judge(
  object: { readonly etag: string; readonly lastModifiedAt: number },
  { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince }: Conditions,
): Verdict {
  const modifiedAt = Math.floor(object.lastModifiedAt / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) return { kind: 'failed', condition: 'If-Match' };
  } else if (ifUnmodifiedSince && modifiedAt > ifUnmodifiedSince.getTime()) {
    return { kind: 'failed', condition: 'If-Unmodified-Since' };
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, object.etag)) return { kind: 'not-modified' };
  } else if (ifModifiedSince && modifiedAt <= ifModifiedSince.getTime()) {
    return { kind: 'not-modified' };
  }
  return { kind: 'holds' };
}

/** A list of ETags, or a star for whichever there is. */
export function matches(list: string, etag: string): boolean {
  return list.split(',').some((one) => {
    const text = one.trim().replace(/^W\//, '').replace(/^"|"$/g, '');
    return text === '*' || text === etag;
  });
}
