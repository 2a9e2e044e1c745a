/** The records of KMS; private to this folder. Key material lies sealed under the data directory's own key. */
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export interface KeyRecord extends Scope {
  readonly keyId: string;
  readonly description: string;
  readonly state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  readonly deletionAt?: Instant;
  /** AWS for the keys that a service has made for itself in this account. */
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly policy: string;
  readonly tags: readonly Tag[];
  readonly rotationEnabled: boolean;
  /** Base64 of nonce and sealed bytes; see material.ts. */
  readonly sealedMaterial: string;
  readonly createdAt: Instant;
}

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

export const keys = table<KeyRecord>()({
  name: 'kms.keys',
  key: (key) => keyKey(key, key.keyId),
  indexes: { scope: scopeKey },
});

export function keyKey(scope: Scope, keyId: string): string {
  return `${scopeKey(scope)}/${keyId}`;
}

export interface AliasRecord extends Scope {
  /** With its prefix, such as alias/app. */
  readonly aliasName: string;
  readonly keyId: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export const aliases = table<AliasRecord>()({
  name: 'kms.aliases',
  key: (alias) => aliasKey(alias, alias.aliasName),
  indexes: { scope: scopeKey, key: (alias) => keyKey(alias, alias.keyId) },
});

export function aliasKey(scope: Scope, aliasName: string): string {
  return `${scopeKey(scope)}/${aliasName}`;
}
