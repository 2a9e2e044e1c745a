import type { UpdateSecretRequest, UpdateSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { presentSecret, secretArn } from '../references.ts';
import { checkRequestToken, givenValue } from '../rules/checks.ts';
import { currentStage } from '../rules/stages.ts';
import { secrets } from '../tables.ts';
import { addVersion } from '../values.ts';

export const updateSecret: Operation<UpdateSecretRequest, UpdateSecretResponse, SecretsManagerParts> = async (
  input,
  { call, store, parts },
) => {
  checkRequestToken(input.ClientRequestToken);
  const value = givenValue(input);
  return store.update((tx, env) => {
    const secret = {
      ...presentSecret(tx, call, input.SecretId),
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
      changedAt: env.now,
    };
    tx.put(secrets, secret);
    const answer = { ARN: secretArn(secret), Name: secret.name };
    if (!value) return answer;
    const versionId = input.ClientRequestToken ?? env.newUuid();
    addVersion(tx, env, parts, secret, { versionId, value, stages: [currentStage] });
    return { ...answer, VersionId: versionId };
  });
};
