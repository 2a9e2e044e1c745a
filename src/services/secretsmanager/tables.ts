/** The records of Secrets Manager; private to this folder. Values are ciphertexts of KMS. */
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export interface SecretRecord extends Scope {
  readonly name: string;
  /** The six characters that end its ARN: a secret made again under an old name is another one. */
  readonly suffix: string;
  readonly description?: string;
  /** As given; the service's own key, alias/aws/secretsmanager, where none was. */
  readonly kmsKeyId?: string;
  readonly tags: readonly Tag[];
  readonly resourcePolicy?: string;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  /** The day (midnight) on which it was last read. */
  readonly accessedAt?: Instant;
  readonly deletedAt?: Instant;
  /** When it goes for good, once it is deleted. */
  readonly deletionAt?: Instant;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export const secrets = table<SecretRecord>()({
  name: 'secretsmanager.secrets',
  key: (secret) => secretKey(secret, secret.name),
  indexes: { scope: scopeKey },
});

export function secretKey(scope: Scope, name: string): string {
  return `${scopeKey(scope)}/${name}`;
}

export interface VersionRecord extends Scope {
  readonly secretName: string;
  readonly versionId: string;
  readonly stages: readonly string[];
  /** Base64 of the ciphertext; absent in a version without a value. */
  readonly ciphertext?: string;
  readonly kind: 'string' | 'binary';
  /** Tells a repeated request from another one with the same id, without the value. */
  readonly fingerprint: string;
  readonly kmsKeyArn?: string;
  readonly createdAt: Instant;
}

export const versions = table<VersionRecord>()({
  name: 'secretsmanager.versions',
  key: (version) => versionKey(version, version.secretName, version.versionId),
  indexes: { secret: (version) => secretKey(version, version.secretName) },
});

export function versionKey(scope: Scope, secretName: string, versionId: string): string {
  return `${secretKey(scope, secretName)}#${versionId}`;
}
