import type { Reader } from '../../store/store.ts';
import type { Call } from '../../aws/operation.ts';
import { invalidRange, invalidRequest, notModified, preconditionFailed } from './errors.ts';
import { objectView } from './object-view.ts';
import { objectOf } from './references.ts';
import { judge } from './rules/conditions.ts';
import { type ByteRange, readRange } from './rules/range.ts';
import type { ObjectRecord } from './tables.ts';

/** The members that HeadObject and GetObject have in common. */
export interface ObjectReadInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
  readonly Range?: string | undefined;
  readonly PartNumber?: number | undefined;
  readonly ChecksumMode?: string | undefined;
  readonly ResponseCacheControl?: string | undefined;
  readonly ResponseContentDisposition?: string | undefined;
  readonly ResponseContentEncoding?: string | undefined;
  readonly ResponseContentLanguage?: string | undefined;
  readonly ResponseContentType?: string | undefined;
  readonly ResponseExpires?: Date | undefined;
}

/** Which bytes of which object a request reads, and what the answer says of them. */
export function readObject(reader: Reader, input: ObjectReadInput, call: Call) {
  const object = objectOf(reader, input, call);
  const verdict = judge(object, {
    ifMatch: input.IfMatch,
    ifNoneMatch: input.IfNoneMatch,
    ifModifiedSince: input.IfModifiedSince,
    ifUnmodifiedSince: input.IfUnmodifiedSince,
  });
  if (verdict.kind === 'failed') throw preconditionFailed(verdict.condition);
  if (verdict.kind === 'not-modified') throw notModified();
  const range = rangeOf(object, input);
  const { offset, length } = range ?? { offset: 0, length: object.size };
  const partsCount = input.PartNumber === undefined ? undefined : object.parts?.length;
  return {
    object,
    offset,
    length,
    view: {
      ...objectView(object, input.ChecksumMode === 'ENABLED' && range === undefined),
      ContentLength: length,
      ...(range && { ContentRange: `bytes ${offset}-${offset + length - 1}/${object.size}` }),
      ...(partsCount !== undefined && { PartsCount: partsCount }),
      ...(input.ResponseCacheControl !== undefined && { CacheControl: input.ResponseCacheControl }),
      ...(input.ResponseContentDisposition !== undefined && { ContentDisposition: input.ResponseContentDisposition }),
      ...(input.ResponseContentEncoding !== undefined && { ContentEncoding: input.ResponseContentEncoding }),
      ...(input.ResponseContentLanguage !== undefined && { ContentLanguage: input.ResponseContentLanguage }),
      ...(input.ResponseContentType !== undefined && { ContentType: input.ResponseContentType }),
      ...(input.ResponseExpires !== undefined && { Expires: input.ResponseExpires }),
    },
  };
}

function rangeOf(object: ObjectRecord, input: ObjectReadInput): ByteRange | undefined {
  if (input.PartNumber !== undefined) {
    if (input.Range !== undefined)
      throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
    return rangeOfPart(object, input.PartNumber);
  }
  const range = readRange(input.Range, object.size);
  if (range === 'unsatisfiable') throw invalidRange(input.Range ?? '', object.size);
  return range;
}

/** Of an object that was put in one piece, part 1 is the whole of it. */
function rangeOfPart(object: ObjectRecord, partNumber: number): ByteRange | undefined {
  if (!object.parts) {
    if (partNumber === 1) return object.size === 0 ? undefined : { offset: 0, length: object.size };
    throw invalidRange(`part ${partNumber}`, object.size);
  }
  const part = object.parts[partNumber - 1];
  if (!part) throw invalidRange(`part ${partNumber}`, object.size);
  const offset = object.parts.slice(0, partNumber - 1).reduce((sum, { size }) => sum + size, 0);
  return { offset, length: part.size };
}
