/** What other services may know of parameters. */
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import type { SsmParts } from './parts.ts';
import { versionNamed } from './references.ts';
import { plainValue } from './values.ts';

export type { SsmParts } from './parts.ts';

/** The value of a parameter, decrypted. Throws the errors of GetParameter. */
export function readParameter(reader: Reader, parts: SsmParts, scope: Scope, reference: string): string {
  return plainValue(reader, parts, versionNamed(reader, scope, reference).version);
}
