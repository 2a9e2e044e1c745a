import { decodeBase64, encodeBase64 } from '../../aws/protocols/base64.ts';
import { assert } from '../../core/assert.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { decryptFor, encryptFor } from '../kms/public.ts';
import { secretNotFound, valueNotFound, versionExists, versionLacksStage, versionNotFound } from './errors.ts';
import type { SecretsManagerParts } from './parts.ts';
import { secretArn } from './references.ts';
import { limits } from './rules/limits.ts';
import { currentStage, moveStages } from './rules/stages.ts';
import { secretKey, type SecretRecord, versionKey, type VersionRecord, versions } from './tables.ts';

export interface GivenValue {
  readonly kind: 'string' | 'binary';
  readonly bytes: Uint8Array;
}

export function versionsOf(reader: Reader, secret: SecretRecord): readonly VersionRecord[] {
  return [...reader.find(versions, 'secret', secretKey(secret, secret.name))];
}

/**
 * Adds a version with these labels. The same id with the same value again is a repeated request and changes nothing;
 * with another value it is refused.
 */
export function addVersion(
  tx: Transaction,
  env: Env,
  parts: SecretsManagerParts,
  secret: SecretRecord,
  wanted: { readonly versionId: string; readonly value: GivenValue; readonly stages: readonly string[] },
): VersionRecord {
  const { versionId, value } = wanted;
  const fingerprint = fingerprintOf(parts, versionId, value);
  const present = tx.get(versions, versionKey(secret, secret.name, versionId));
  if (present) {
    if (present.fingerprint !== fingerprint) throw versionExists(versionId);
    return present;
  }
  const arn = secretArn(secret);
  const { keyArn, ciphertext } = encryptFor(tx, env, parts.kms, secret, {
    key: secret.kmsKeyId ?? 'alias/aws/secretsmanager',
    plaintext: value.bytes,
    context: { SecretARN: arn, SecretVersionId: versionId },
  });
  const { accountId, region, name } = secret;
  const version: VersionRecord = {
    accountId,
    region,
    secretName: name,
    versionId,
    stages: [],
    ciphertext: encodeBase64(ciphertext),
    kind: value.kind,
    fingerprint,
    kmsKeyArn: keyArn,
    createdAt: env.now,
  };
  tx.put(versions, version);
  setStages(tx, secret, versionId, wanted.stages);
  return tx.get(versions, versionKey(secret, name, versionId)) ?? version;
}

/** Moves labels to a version, and lets go of the oldest versions without any. */
export function setStages(tx: Transaction, secret: SecretRecord, versionId: string, stages: readonly string[]): void {
  const all = versionsOf(tx, secret);
  for (const [id, next] of moveStages(all, versionId, stages)) {
    const version = all.find((candidate) => candidate.versionId === id);
    if (version) tx.put(versions, { ...version, stages: next });
  }
  const deprecated = versionsOf(tx, secret)
    .filter((version) => version.stages.length === 0)
    .sort((a, b) => a.createdAt - b.createdAt);
  const excess = all.length - limits.versions;
  for (const version of deprecated.slice(0, Math.max(0, excess))) {
    tx.delete(versions, versionKey(secret, secret.name, version.versionId));
  }
}

/** The version asked for by id, by label, or the current one. Throws ResourceNotFoundException. */
export function versionAsked(
  reader: Reader,
  secret: SecretRecord,
  asked: { readonly VersionId?: string | undefined; readonly VersionStage?: string | undefined },
): VersionRecord {
  const { VersionId: id, VersionStage: stage } = asked;
  if (id !== undefined) {
    const version = reader.get(versions, versionKey(secret, secret.name, id));
    if (!version) throw versionNotFound(id);
    if (stage !== undefined && !version.stages.includes(stage)) throw versionLacksStage();
    return version;
  }
  const label = stage ?? currentStage;
  const version = versionsOf(reader, secret).find((candidate) => candidate.stages.includes(label));
  if (!version) throw valueNotFound(label);
  return version;
}

/** What a version holds, in the member that it was given in. Throws KMS's errors where its key cannot be used. */
export function valueOf(
  reader: Reader,
  parts: SecretsManagerParts,
  secret: SecretRecord,
  version: VersionRecord,
): { readonly SecretString: string } | { readonly SecretBinary: Uint8Array } {
  if (version.ciphertext === undefined) throw secretNotFound();
  const ciphertext = decodeBase64(version.ciphertext);
  assert(ciphertext, `version ${version.versionId} of ${secret.name} is base64`);
  const context = { SecretARN: secretArn(secret), SecretVersionId: version.versionId };
  const bytes = decryptFor(reader, parts.kms, secret, ciphertext, context);
  return version.kind === 'string' ? { SecretString: new TextDecoder().decode(bytes) } : { SecretBinary: bytes };
}

/** Keyed with the data directory's key: what is stored must not let a short value be guessed. */
function fingerprintOf(parts: SecretsManagerParts, versionId: string, value: GivenValue): string {
  const text = new Uint8Array(value.bytes.length + 1);
  text[0] = value.kind === 'string' ? 0 : 1;
  text.set(value.bytes, 1);
  const key = parts.hash.hmacSha256(parts.kms.dataKey, `secretsmanager/${versionId}`);
  return encodeBase64(parts.hash.hmacSha256(key, text));
}
