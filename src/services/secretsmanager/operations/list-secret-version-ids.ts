import type { ListSecretVersionIdsRequest, ListSecretVersionIdsResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { secretArn, secretNamed } from '../references.ts';
import { versionsOf } from '../values.ts';

/** All in one page: a secret keeps at most a hundred versions. */
export const listSecretVersionIds: Operation<
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
  SecretsManagerParts
> = (input, { call, store }) =>
  store.view((reader) => {
    const secret = secretNamed(reader, call, input.SecretId);
    return {
      ARN: secretArn(secret),
      Name: secret.name,
      Versions: versionsOf(reader, secret)
        .filter((version) => input.IncludeDeprecated === true || version.stages.length > 0)
        .map((version) => ({
          VersionId: version.versionId,
          VersionStages: [...version.stages],
          CreatedDate: new Date(version.createdAt),
          ...(version.kmsKeyArn === undefined ? {} : { KmsKeyIds: [version.kmsKeyArn] }),
        })),
    };
  });
