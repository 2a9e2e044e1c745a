import type { Credentials } from '@aws-sdk/client-sts';
import type { Answer } from '../../aws/operation.ts';
import { type Instant, toDate } from '../../core/instant.ts';
import type { TemporaryKeys } from './session-tokens.ts';

/** Temporary keys as STS answers them. */
export function credentialsView(keys: TemporaryKeys, expiresAt: Instant): Answer<Credentials> {
  return {
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey,
    SessionToken: keys.sessionToken,
    Expiration: toDate(expiresAt),
  };
}
