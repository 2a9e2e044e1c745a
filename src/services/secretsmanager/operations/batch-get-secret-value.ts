import type { BatchGetSecretValueRequest, BatchGetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import { AwsError } from '../../../aws/error.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { invalidParameter } from '../errors.ts';
import { matchingSecrets } from '../listing.ts';
import { presentSecret, secretArn } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { valueOf, versionAsked } from '../values.ts';

export const batchGetSecretValue: Operation<
  BatchGetSecretValueRequest,
  BatchGetSecretValueResponse,
  SecretsManagerParts
> = (input, { call, store, parts }) => {
  if ((input.SecretIdList === undefined) === (input.Filters === undefined)) {
    throw invalidParameter('Either SecretIdList or Filters must be provided, but not both.');
  }
  if ((input.SecretIdList?.length ?? 0) > limits.batch) {
    throw invalidParameter(`SecretIdList can have at most ${limits.batch} entries.`);
  }
  return store.view((reader) => {
    const page = input.SecretIdList
      ? { items: input.SecretIdList }
      : matchingSecrets(reader, call, { ...input, MaxResults: input.MaxResults ?? limits.batch });
    const asked = page.items.map((item) => (typeof item === 'string' ? item : secretArn(item)));
    const values: NonNullable<BatchGetSecretValueResponse['SecretValues']> = [];
    const errors: NonNullable<BatchGetSecretValueResponse['Errors']> = [];
    for (const id of asked) {
      try {
        const secret = presentSecret(reader, call, id);
        const version = versionAsked(reader, secret, {});
        values.push({
          ARN: secretArn(secret),
          Name: secret.name,
          VersionId: version.versionId,
          ...valueOf(reader, parts, secret, version),
          VersionStages: [...version.stages],
          CreatedDate: new Date(version.createdAt),
        });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message });
      }
    }
    return {
      SecretValues: values,
      Errors: errors,
      ...('nextToken' in page && page.nextToken !== undefined ? { NextToken: page.nextToken } : {}),
    };
  });
};
