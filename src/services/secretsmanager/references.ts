import { formatArn, parseArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { markedForDeletion, secretNotFound } from './errors.ts';
import { secretKey, type SecretRecord, secrets } from './tables.ts';

export function secretArn(secret: Scope & { readonly name: string; readonly suffix: string }): string {
  const { region, accountId, name, suffix } = secret;
  return formatArn({ service: 'secretsmanager', region, accountId, resource: `secret:${name}-${suffix}` });
}

/** The six characters that end a secret's ARN, from as many random bytes. */
export function newSuffix(bytes: Uint8Array): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join('');
}

/** The secret named by its name, its ARN, or its ARN without the last six characters; undefined when there is none. */
export function findSecret(reader: Reader, scope: Scope, reference: string): SecretRecord | undefined {
  const arn = parseArn(reference);
  if (!arn) return reader.get(secrets, secretKey(scope, reference));
  if (arn.service !== 'secretsmanager' || arn.region !== scope.region || arn.accountId !== scope.accountId) {
    return undefined;
  }
  const named = arn.resource.replace(/^secret:/, '');
  const [, name, suffix] = /^(.*)-([A-Za-z0-9]{6})$/s.exec(named) ?? [];
  const whole = name === undefined ? undefined : reader.get(secrets, secretKey(scope, name));
  if (whole && whole.suffix === suffix) return whole;
  return reader.get(secrets, secretKey(scope, named));
}

/** Throws ResourceNotFoundException. */
export function secretNamed(reader: Reader, scope: Scope, reference: string): SecretRecord {
  const secret = findSecret(reader, scope, reference);
  if (!secret) throw secretNotFound();
  return secret;
}

/** The secret, unless it is on its way out. Throws ResourceNotFoundException and InvalidRequestException. */
export function presentSecret(reader: Reader, scope: Scope, reference: string): SecretRecord {
  const secret = secretNamed(reader, scope, reference);
  if (secret.deletionAt !== undefined) throw markedForDeletion();
  return secret;
}
