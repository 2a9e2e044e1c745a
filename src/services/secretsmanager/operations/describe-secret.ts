import type { DescribeSecretRequest, DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { secretNamed } from '../references.ts';
import { showSecret } from '../secret-view.ts';

export const describeSecret: Operation<DescribeSecretRequest, DescribeSecretResponse, SecretsManagerParts> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { SecretVersionsToStages, ...shown } = showSecret(reader, secretNamed(reader, call, input.SecretId));
    return { ...shown, VersionIdsToStages: SecretVersionsToStages };
  });
