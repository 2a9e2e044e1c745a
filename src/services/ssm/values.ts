import type { Parameter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../aws/error.ts';
import { decodeBase64 } from '../../aws/protocols/base64.ts';
import { assert } from '../../core/assert.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { decryptFor } from '../kms/public.ts';
import { invalidKeyId } from './errors.ts';
import type { SsmParts } from './parts.ts';
import { parameterArn } from './references.ts';
import type { VersionRecord } from './tables.ts';

export const serviceKey = 'alias/aws/ssm';

/** What KMS authenticates with the value: a ciphertext is worth nothing under another name. */
export function contextOf(scope: Scope & { readonly name: string }): { readonly PARAMETER_ARN: string } {
  return { PARAMETER_ARN: parameterArn(scope) };
}

/** The text that was put. Throws InvalidKeyId where its key cannot be used. */
export function plainValue(reader: Reader, parts: SsmParts, version: VersionRecord): string {
  if (version.type !== 'SecureString') return version.value;
  const ciphertext = decodeBase64(version.value);
  assert(ciphertext, `version ${version.version} of ${version.name} is base64`);
  const plaintext = throughKms(() => decryptFor(reader, parts.kms, version, ciphertext, contextOf(version)));
  return new TextDecoder().decode(plaintext);
}

/** Throws InvalidKeyId for whatever mistake KMS finds. */
export function throughKms<Result>(use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    throw error instanceof AwsError ? invalidKeyId(error) : error;
  }
}

/** A version as GetParameter tells of it; without decryption a SecureString's value is its ciphertext. */
export function showVersion(
  reader: Reader,
  parts: SsmParts,
  version: VersionRecord,
  asked: { readonly decrypt: boolean; readonly selector?: string | undefined },
): Parameter {
  return {
    Name: version.name,
    Type: version.type,
    Value: asked.decrypt ? plainValue(reader, parts, version) : version.value,
    Version: version.version,
    ...(asked.selector === undefined ? {} : { Selector: asked.selector }),
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameterArn(version),
    DataType: version.dataType,
  };
}
