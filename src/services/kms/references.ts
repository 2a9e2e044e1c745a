import { formatArn, parseArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { aliasNotFound, keyDisabled, keyNotFound, keyPendingDeletion, validation } from './errors.ts';
import { type AliasRecord, aliases, aliasKey, type KeyRecord, keyKey, keys } from './tables.ts';

export function keyArn(key: Scope & { readonly keyId: string }): string {
  return formatArn({ service: 'kms', region: key.region, accountId: key.accountId, resource: `key/${key.keyId}` });
}

export function aliasArn(alias: Scope & { readonly aliasName: string }): string {
  const { region, accountId, aliasName } = alias;
  return formatArn({ service: 'kms', region, accountId, resource: aliasName });
}

/** As keyNamed, undefined where that throws. */
export function findKey(reader: Reader, scope: Scope, reference: string): KeyRecord | undefined {
  const arn = parseArn(reference);
  if (arn && (arn.service !== 'kms' || arn.region !== scope.region || arn.accountId !== scope.accountId)) {
    return undefined;
  }
  const resource = arn ? arn.resource : reference;
  const keyId = resource.startsWith('alias/')
    ? reader.get(aliases, aliasKey(scope, resource))?.keyId
    : resource.replace(/^key\//, '');
  return keyId === undefined ? undefined : reader.get(keys, keyKey(scope, keyId));
}

/** The key named by its id, its ARN, an alias or an alias's ARN. Throws NotFoundException. */
export function keyNamed(reader: Reader, scope: Scope, reference: string): KeyRecord {
  const arn = parseArn(reference);
  if (arn && (arn.service !== 'kms' || arn.region !== scope.region || arn.accountId !== scope.accountId)) {
    throw arn.service === 'kms' ? keyNotFound(reference) : validation(`Invalid arn ${reference}`);
  }
  const key = findKey(reader, scope, reference);
  if (key) return key;
  const resource = arn ? arn.resource : reference;
  if (resource.startsWith('alias/')) throw aliasNotFound(aliasArn({ ...scope, aliasName: resource }));
  throw keyNotFound(keyArn({ ...scope, keyId: resource.replace(/^key\//, '') }));
}

/** The key, if it may be used. Throws DisabledException or KMSInvalidStateException. */
export function usable(key: KeyRecord): KeyRecord {
  if (key.state === 'Disabled') throw keyDisabled(keyArn(key));
  if (key.state === 'PendingDeletion') throw keyPendingDeletion(keyArn(key));
  return key;
}

export function aliasNamed(reader: Reader, scope: Scope, aliasName: string): AliasRecord {
  const alias = reader.get(aliases, aliasKey(scope, aliasName));
  if (!alias) throw aliasNotFound(aliasArn({ ...scope, aliasName }));
  return alias;
}
