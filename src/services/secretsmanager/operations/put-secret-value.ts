import type { PutSecretValueRequest, PutSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { invalidParameter, notBuilt } from '../errors.ts';
import { presentSecret, secretArn } from '../references.ts';
import { checkRequestToken, givenValue } from '../rules/checks.ts';
import { currentStage } from '../rules/stages.ts';
import { secrets } from '../tables.ts';
import { addVersion } from '../values.ts';

export const putSecretValue: Operation<PutSecretValueRequest, PutSecretValueResponse, SecretsManagerParts> = async (
  input,
  { call, store, parts },
) => {
  checkRequestToken(input.ClientRequestToken);
  if (input.RotationToken !== undefined) throw notBuilt('rotation of secrets');
  const value = givenValue(input);
  if (!value) throw invalidParameter('You must provide either SecretString or SecretBinary.');
  return store.update((tx, env) => {
    const secret = presentSecret(tx, call, input.SecretId);
    const version = addVersion(tx, env, parts, secret, {
      versionId: input.ClientRequestToken ?? env.newUuid(),
      value,
      stages: input.VersionStages ?? [currentStage],
    });
    tx.put(secrets, { ...secret, changedAt: env.now });
    return {
      ARN: secretArn(secret),
      Name: secret.name,
      VersionId: version.versionId,
      VersionStages: [...version.stages],
    };
  });
};
