import { AwsError } from '../../aws/error.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { readSecretString } from '../secretsmanager/public.ts';
import { secretNotFound, unableToAccessSecret, unableToDecryptSecret } from './errors.ts';
import type { EcrParts } from './parts.ts';

export interface UpstreamCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * What the secret of a pull-through cache rule holds, as it is now: `{"username": …, "accessToken": …}`. Throws
 * SecretNotFoundException, UnableToAccessSecretException, UnableToDecryptSecretValueException.
 */
export function upstreamCredentials(
  reader: Reader,
  { secrets }: Pick<EcrParts, 'secrets'>,
  scope: Scope,
  credentialArn: string,
): UpstreamCredentials {
  if (!secrets) throw unableToAccessSecret(credentialArn, 'there is no Secrets Manager');
  const text = secretText(() => readSecretString(reader, secrets, scope, { secretId: credentialArn }), credentialArn);
  const credentials = text === undefined ? undefined : readCredentials(text);
  if (!credentials) throw unableToAccessSecret(credentialArn, 'it holds no username and accessToken');
  return credentials;
}

function secretText(read: () => string | undefined, credentialArn: string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'ResourceNotFoundException') throw secretNotFound(credentialArn);
    if (error.code === 'DecryptionFailure') throw unableToDecryptSecret(credentialArn);
    throw unableToAccessSecret(credentialArn, error.message);
  }
}

function readCredentials(text: string): UpstreamCredentials | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // no JSON, so none of it
  }
  if (typeof value !== 'object' || value === null || !('username' in value) || !('accessToken' in value)) {
    return undefined;
  }
  const { username, accessToken } = value;
  return typeof username === 'string' && typeof accessToken === 'string'
    ? { username, password: accessToken }
    : undefined;
}
