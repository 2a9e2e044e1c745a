import type { Reader } from '../../store/store.ts';
import { noSuchKey, notBuilt, preconditionFailed } from './errors.ts';
import { matches } from './rules/conditions.ts';
import { objectKey, objects } from './tables.ts';

/** Refuses a write to a key whose object is not as the request's If-Match or If-None-Match says. */
export function checkWrite(
  reader: Reader,
  input: {
    readonly Bucket: string;
    readonly Key: string;
    readonly IfMatch?: string | undefined;
    readonly IfNoneMatch?: string | undefined;
  },
): void {
  const { IfMatch: ifMatch, IfNoneMatch: ifNoneMatch } = input;
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  const present = reader.get(objects, objectKey(input.Bucket, input.Key));
  if (ifMatch !== undefined) {
    if (!present) throw noSuchKey(input.Key);
    if (!matches(ifMatch, present.etag)) throw preconditionFailed('If-Match');
  }
  if (ifNoneMatch === undefined) return;
  if (ifNoneMatch.trim() !== '*') throw notBuilt('If-None-Match of writes with anything but *');
  if (present) throw preconditionFailed('If-None-Match');
}
