import type { Call } from '../../aws/operation.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { accessPointOf, fileSystemOf } from './references.ts';
import { accessPoints, fileSystems } from './tables.ts';

type Tags = Readonly<Record<string, string>>;

/** A file system or an access point, by id or ARN. */
export function taggedOf(reader: Reader, call: Call, reference: string): { readonly tags: Tags } {
  return isAccessPoint(reference) ? accessPointOf(reader, call, reference) : fileSystemOf(reader, call, reference);
}

export function putTags(tx: Transaction, call: Call, reference: string, tags: Tags): void {
  if (isAccessPoint(reference)) tx.put(accessPoints, { ...accessPointOf(tx, call, reference), tags });
  else tx.put(fileSystems, { ...fileSystemOf(tx, call, reference), tags });
}

function isAccessPoint(reference: string): boolean {
  return /(^|\/)fsap-/.test(reference);
}
