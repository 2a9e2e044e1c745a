import type { SecretListEntry } from '@aws-sdk/client-secrets-manager';
import type { Reader } from '../../store/store.ts';
import { secretArn } from './references.ts';
import type { SecretRecord } from './tables.ts';
import { versionsOf } from './values.ts';

/** A secret as listed; DescribeSecret calls the versions by another name. */
export function showSecret(reader: Reader, secret: SecretRecord): SecretListEntry {
  return {
    ARN: secretArn(secret),
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
    LastChangedDate: new Date(secret.changedAt),
    ...(secret.accessedAt === undefined ? {} : { LastAccessedDate: new Date(secret.accessedAt) }),
    ...(secret.deletedAt === undefined ? {} : { DeletedDate: new Date(secret.deletionAt ?? secret.deletedAt) }),
    ...(secret.tags.length > 0 ? { Tags: [...secret.tags] } : {}),
    SecretVersionsToStages: stagesByVersion(reader, secret),
    CreatedDate: new Date(secret.createdAt),
  };
}

export function stagesByVersion(reader: Reader, secret: SecretRecord): Record<string, string[]> {
  return Object.fromEntries(
    versionsOf(reader, secret)
      .filter((version) => version.stages.length > 0)
      .map((version) => [version.versionId, [...version.stages]]),
  );
}
