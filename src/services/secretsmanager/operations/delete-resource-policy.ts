import type { DeleteResourcePolicyRequest, DeleteResourcePolicyResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { presentSecret, secretArn } from '../references.ts';
import { secrets } from '../tables.ts';

export const deleteResourcePolicy: Operation<
  DeleteResourcePolicyRequest,
  DeleteResourcePolicyResponse,
  SecretsManagerParts
> = (input, { call, store }) =>
  store.update((tx) => {
    const { resourcePolicy: _policy, ...secret } = presentSecret(tx, call, input.SecretId);
    tx.put(secrets, secret);
    return { ARN: secretArn(secret), Name: secret.name };
  });
