import type { DeleteSecretRequest, DeleteSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import { parseArn } from '../../../core/arn.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { invalidParameter, markedForDeletion, secretNotFound } from '../errors.ts';
import { findSecret, newSuffix, secretArn } from '../references.ts';
import { secrets, versionKey, versions } from '../tables.ts';
import { versionsOf } from '../values.ts';

const dayMs = 24 * 3600_000;

export const deleteSecret: Operation<DeleteSecretRequest, DeleteSecretResponse, SecretsManagerParts> = async (
  input,
  { call, store },
) => {
  const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: atOnce = false } = input;
  if (atOnce && days !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
  return store.update((tx, env) => {
    const secret = findSecret(tx, call, input.SecretId);
    if (!secret) {
      if (!atOnce) throw secretNotFound();
      // What is to be gone without recovery may be gone already: AWS answers as if it had been there.
      const ARN = parseArn(input.SecretId)
        ? input.SecretId
        : secretArn({ ...call, name: input.SecretId, suffix: newSuffix(env.random.bytes(6)) });
      return { ARN, Name: input.SecretId, DeletionDate: new Date(env.now) };
    }
    if (secret.deletionAt !== undefined && !atOnce) throw markedForDeletion();
    const deletionAt = atOnce ? env.now : env.now + (days ?? 30) * dayMs;
    const answer = { ARN: secretArn(secret), Name: secret.name, DeletionDate: new Date(deletionAt) };
    if (!atOnce) {
      tx.put(secrets, { ...secret, deletedAt: env.now, deletionAt });
      return answer;
    }
    for (const version of versionsOf(tx, secret)) {
      tx.delete(versions, versionKey(secret, secret.name, version.versionId));
    }
    tx.delete(secrets, secrets.key(secret));
    return answer;
  });
};
