import type { CreateSecretRequest, CreateSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { notBuilt, scheduledForDeletion, secretExists } from '../errors.ts';
import { newSuffix, secretArn } from '../references.ts';
import { checkName, checkRequestToken, givenValue, mergedTags } from '../rules/checks.ts';
import { currentStage } from '../rules/stages.ts';
import { secretKey, type SecretRecord, secrets, versionKey, versions } from '../tables.ts';
import { addVersion } from '../values.ts';

/** Differs from AWS: no replicas in other regions. */
export const createSecret: Operation<CreateSecretRequest, CreateSecretResponse, SecretsManagerParts> = async (
  input,
  { call, store, parts },
) => {
  checkName(input.Name);
  checkRequestToken(input.ClientRequestToken);
  if (input.AddReplicaRegions?.length) throw notBuilt('replicas of secrets in other regions');
  const value = givenValue(input);
  const tags = mergedTags([], input.Tags ?? []);
  const { accountId, region } = call;
  return store.update((tx, env) => {
    const present = tx.get(secrets, secretKey(call, input.Name));
    const token = input.ClientRequestToken ?? env.newUuid();
    if (present?.deletionAt !== undefined) throw scheduledForDeletion();
    // The SDKs give every request a token: the same one again is the same request, sent twice.
    const isRepeated = present && tx.get(versions, versionKey(present, present.name, token)) !== undefined;
    if (present && !isRepeated) throw secretExists(input.Name);
    const secret: SecretRecord = present ?? {
      accountId,
      region,
      name: input.Name,
      suffix: newSuffix(env.random.bytes(6)),
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
      tags,
      createdAt: env.now,
      changedAt: env.now,
    };
    tx.put(secrets, secret);
    const answer = { ARN: secretArn(secret), Name: secret.name };
    if (!value) return answer;
    const { versionId } = addVersion(tx, env, parts, secret, { versionId: token, value, stages: [currentStage] });
    return { ...answer, VersionId: versionId };
  });
};
