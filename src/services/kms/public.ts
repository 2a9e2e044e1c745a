/** What other services may do with keys. */
import { type ConditionValues, type Permission, resourceTagConditions } from '../../aws/permission.ts';
import type { Scope } from '../../core/scope.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { invalidCiphertext } from './errors.ts';
import { decryptUnder, type EncryptionContext, encryptUnder, keyIdOf } from './material.ts';
import { createServiceKey } from './new-key.ts';
import type { KmsParts } from './parts.ts';
import { findKey, keyArn, keyNamed, usable } from './references.ts';
import { aliases, aliasKey, keyKey } from './tables.ts';

export type { EncryptionContext } from './material.ts';
export type { KmsParts } from './parts.ts';

/** Encrypts under the key named, or the service's own (`alias/aws/…`) that is made when it is not there. Throws KMS's errors. */
export function encryptFor(
  tx: Transaction,
  env: Env,
  parts: KmsParts,
  scope: Scope,
  wanted: { readonly key: string; readonly plaintext: Uint8Array; readonly context: EncryptionContext },
): { readonly keyArn: string; readonly ciphertext: Uint8Array } {
  const isMissing = wanted.key.startsWith('alias/aws/') && !tx.get(aliases, aliasKey(scope, wanted.key));
  const key = usable(isMissing ? createServiceKey(tx, env, parts, scope, wanted.key) : keyNamed(tx, scope, wanted.key));
  return {
    keyArn: keyArn(key),
    ciphertext: encryptUnder(parts, key, env.random.bytes(12), wanted.plaintext, wanted.context),
  };
}

/** Throws KMS's errors: InvalidCiphertextException also where the context is not the one of the encryption. */
export function decryptFor(
  reader: Reader,
  parts: KmsParts,
  scope: Scope,
  ciphertext: Uint8Array,
  context: EncryptionContext,
): Uint8Array {
  const keyId = keyIdOf(ciphertext);
  if (keyId === undefined) throw invalidCiphertext();
  const plaintext = decryptUnder(parts, usable(keyNamed(reader, scope, keyId)), ciphertext, context);
  if (!plaintext) throw invalidCiphertext();
  return plaintext;
}

/**
 * What it takes to do this with a key: KMS asks the key's own policy first, and what that does not grant, or hand to the
 * account, no policy of a user or role can. A key that is not there is asked for by the name given.
 */
export function askForKey(
  action: string,
  reader: Reader,
  scope: Scope,
  reference: string,
  brought: ConditionValues = {},
): Permission {
  const key = findKey(reader, scope, reference);
  if (key) {
    const tags = key.tags.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue }));
    const named = [...reader.find(aliases, 'key', keyKey(key, key.keyId))].map(({ aliasName }) => aliasName);
    const [, requested] = /(?:^|:)(alias\/.+)$/.exec(reference) ?? [];
    return {
      action,
      resources: [keyArn(key)],
      conditions: {
        'kms:CallerAccount': scope.accountId,
        ...(named.length > 0 && { 'kms:ResourceAliases': named }),
        ...(requested !== undefined && { 'kms:RequestAlias': requested }),
        ...resourceTagConditions(tags),
        ...brought,
      },
      resourcePolicy: key.policy,
      resourcePolicyDecides: true,
    };
  }
  return { action, resources: [reference.startsWith('arn:') ? reference : keyArn({ ...scope, keyId: reference })] };
}

/** The same for another service's use of a key: its own (`alias/aws/…`) is asked of nobody, nor is one that is not there. */
export function askForKeyInUse(
  action: string,
  reader: Reader,
  scope: Scope,
  reference: string | undefined,
  use: { readonly service: 'secretsmanager' | 'ssm'; readonly context: EncryptionContext },
): readonly Permission[] {
  if (reference === undefined || reference.startsWith('alias/aws/') || !findKey(reader, scope, reference)) return [];
  return [
    askForKey(action, reader, scope, reference, {
      'kms:ViaService': `${use.service}.${scope.region}.amazonaws.com`,
      ...contextConditions(use.context),
    }),
  ];
}

/** What policies may ask of the context that something is encrypted in. */
export function contextConditions(context: EncryptionContext = {}): ConditionValues {
  const entries = Object.entries(context);
  return {
    ...Object.fromEntries(entries.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    ...(entries.length > 0 && { 'kms:EncryptionContextKeys': entries.map(([name]) => name) }),
  };
}
