import type { RestoreSecretRequest, RestoreSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { secretArn, secretNamed } from '../references.ts';
import { secrets } from '../tables.ts';

export const restoreSecret: Operation<RestoreSecretRequest, RestoreSecretResponse, SecretsManagerParts> = (
  input,
  { call, store },
) =>
  store.update((tx) => {
    const { deletedAt: _deleted, deletionAt: _deletion, ...secret } = secretNamed(tx, call, input.SecretId);
    tx.put(secrets, secret);
    return { ARN: secretArn(secret), Name: secret.name };
  });
