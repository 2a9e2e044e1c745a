/** The records of the Parameter Store; private to this folder. Values of SecureStrings are ciphertexts of KMS. */
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

/** A parameter; what it holds is in its versions. */
export interface ParameterRecord extends Scope {
  readonly name: string;
  readonly latestVersion: number;
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export const parameters = table<ParameterRecord>()({
  name: 'ssm.parameters',
  key: (parameter) => parameterKey(parameter, parameter.name),
  indexes: { scope: scopeKey },
});

export function parameterKey(scope: Scope, name: string): string {
  return `${scopeKey(scope)}:${name}`;
}

export interface VersionRecord extends Scope {
  readonly name: string;
  readonly version: number;
  readonly type: ParameterType;
  /** The text; of a SecureString the ciphertext in base64. */
  readonly value: string;
  /** As given; of a SecureString only. */
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly dataType: string;
  readonly tier: 'Standard' | 'Advanced';
  readonly labels: readonly string[];
  readonly modifiedAt: Instant;
  /** ARN of who wrote it. */
  readonly modifiedBy: string;
}

export const versions = table<VersionRecord>()({
  name: 'ssm.parameter-versions',
  key: (version) => versionKey(version, version.name, version.version),
  indexes: { parameter: (version) => parameterKey(version, version.name) },
});

/** Padded, so that the order of keys is that of versions. */
export function versionKey(scope: Scope, name: string, version: number): string {
  return `${parameterKey(scope, name)}:${String(version).padStart(10, '0')}`;
}
