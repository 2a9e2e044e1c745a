/** The manifest of Secrets Manager; secrets do not rotate by themselves and have no replicas. */
import type { Service } from '../../aws/service.ts';
import { batchGetSecretValue } from './operations/batch-get-secret-value.ts';
import { createSecret } from './operations/create-secret.ts';
import { deleteResourcePolicy } from './operations/delete-resource-policy.ts';
import { deleteSecret } from './operations/delete-secret.ts';
import { describeSecret } from './operations/describe-secret.ts';
import { getRandomPassword } from './operations/get-random-password.ts';
import { getResourcePolicy } from './operations/get-resource-policy.ts';
import { getSecretValue } from './operations/get-secret-value.ts';
import { listSecretVersionIds } from './operations/list-secret-version-ids.ts';
import { listSecrets } from './operations/list-secrets.ts';
import { putResourcePolicy } from './operations/put-resource-policy.ts';
import { putSecretValue } from './operations/put-secret-value.ts';
import { restoreSecret } from './operations/restore-secret.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateSecret } from './operations/update-secret.ts';
import { updateSecretVersionStage } from './operations/update-secret-version-stage.ts';
import type { SecretsManagerParts } from './parts.ts';
import { permissions } from './permissions.ts';
import { scheduledDeletions } from './reconcilers/scheduled-deletions.ts';
import { secrets, versions } from './tables.ts';

export function secretsManagerService(parts: SecretsManagerParts): Service<SecretsManagerParts> {
  return {
    name: 'secretsmanager',
    model: async () => (await import('../../aws/models/secretsmanager.gen.ts')).model,
    operations: {
      BatchGetSecretValue: batchGetSecretValue,
      CreateSecret: createSecret,
      DeleteResourcePolicy: deleteResourcePolicy,
      DeleteSecret: deleteSecret,
      DescribeSecret: describeSecret,
      GetRandomPassword: getRandomPassword,
      GetResourcePolicy: getResourcePolicy,
      GetSecretValue: getSecretValue,
      ListSecretVersionIds: listSecretVersionIds,
      ListSecrets: listSecrets,
      PutResourcePolicy: putResourcePolicy,
      PutSecretValue: putSecretValue,
      RestoreSecret: restoreSecret,
      TagResource: tagResource,
      UntagResource: untagResource,
      UpdateSecret: updateSecret,
      UpdateSecretVersionStage: updateSecretVersionStage,
    },
    permissions,
    tables: [secrets, versions],
    projections: [],
    reconcilers: [scheduledDeletions],
    parts,
    sockets: {},
  };
}
