import type {
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { invalidParameter, versionNotFound } from '../errors.ts';
import { presentSecret, secretArn } from '../references.ts';
import { currentStage } from '../rules/stages.ts';
import { versionKey, versions } from '../tables.ts';
import { setStages, versionsOf } from '../values.ts';

export const updateSecretVersionStage: Operation<
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
  SecretsManagerParts
> = async (input, { call, store }) => {
  const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  return store.update((tx) => {
    const secret = presentSecret(tx, call, input.SecretId);
    for (const id of [to, from]) {
      if (id !== undefined && !tx.get(versions, versionKey(secret, secret.name, id))) throw versionNotFound(id);
    }
    const holder = versionsOf(tx, secret).find((version) => version.stages.includes(stage));
    if (holder && holder.versionId !== to && holder.versionId !== from) {
      throw invalidParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.versionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (to === undefined && stage === currentStage) {
      throw invalidParameter('The staging label AWSCURRENT can be moved to another version but not removed.');
    }
    if (to !== undefined) setStages(tx, secret, to, [stage]);
    else if (holder) tx.put(versions, { ...holder, stages: holder.stages.filter((label) => label !== stage) });
    return { ARN: secretArn(secret), Name: secret.name };
  });
};
