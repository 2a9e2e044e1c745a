import type { GetSecretValueRequest, GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { Instant } from '../../../core/instant.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { presentSecret, secretArn } from '../references.ts';
import { type SecretRecord, secrets } from '../tables.ts';
import { valueOf, versionAsked } from '../values.ts';

export const getSecretValue: Operation<GetSecretValueRequest, GetSecretValueResponse, SecretsManagerParts> = async (
  input,
  { call, store, parts },
) => {
  const { secret, answer } = store.view((reader) => {
    const found = presentSecret(reader, call, input.SecretId);
    const version = versionAsked(reader, found, input);
    return {
      secret: found,
      answer: {
        ARN: secretArn(found),
        Name: found.name,
        VersionId: version.versionId,
        ...valueOf(reader, parts, found, version),
        VersionStages: [...version.stages],
        CreatedDate: new Date(version.createdAt),
      },
    };
  });
  const today = dayOf(call.receivedAt);
  // One write a day and secret: the time of day is not told.
  if (secret.accessedAt !== today) {
    await store.update((tx) => {
      const now: SecretRecord | undefined = tx.get(secrets, secrets.key(secret));
      if (now) tx.put(secrets, { ...now, accessedAt: today });
    });
  }
  return answer;
};

function dayOf(at: Instant): Instant {
  const dayMs = 24 * 3600_000;
  return Math.floor(at / dayMs) * dayMs;
}
