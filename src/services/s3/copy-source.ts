import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { invalidArgument, preconditionFailed } from './errors.ts';
import { objectOf } from './references.ts';
import { judge } from './rules/conditions.ts';
import type { ObjectRecord } from './tables.ts';

interface CopySourceInput {
  readonly CopySource: string;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
  readonly ExpectedSourceBucketOwner?: string | undefined;
}

/** Bucket and key of an x-amz-copy-source header, which is escaped as a URL is. */
export function readCopySource(text: string): {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
} {
  const [path = '', query = ''] = text.replace(/^\//, '').split('?', 2);
  const slash = path.indexOf('/');
  const key = slash === -1 ? '' : decode(path.slice(slash + 1));
  if (key === '') throw invalidArgument('Invalid copy source object key', 'x-amz-copy-source', text);
  const versionId = /^versionId=(.+)$/.exec(query)?.[1];
  return { Bucket: decode(path.slice(0, slash)), Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
}

/** The object to copy, where it is as the request's conditions ask. */
export function copySourceOf(reader: Reader, input: CopySourceInput, call: Call): ObjectRecord {
  const source = objectOf(
    reader,
    { ...readCopySource(input.CopySource), ExpectedBucketOwner: input.ExpectedSourceBucketOwner },
    call,
  );
  const verdict = judge(source, {
    ifMatch: input.CopySourceIfMatch,
    ifNoneMatch: input.CopySourceIfNoneMatch,
    ifModifiedSince: input.CopySourceIfModifiedSince,
    ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  });
  if (verdict.kind === 'failed') throw preconditionFailed(`x-amz-copy-source-${verdict.condition.toLowerCase()}`);
  if (verdict.kind === 'not-modified') throw preconditionFailed('x-amz-copy-source-if-none-match');
  return source;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument('Invalid copy source encoding.', 'x-amz-copy-source', text);
  }
}
