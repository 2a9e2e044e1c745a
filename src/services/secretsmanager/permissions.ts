import {
  type ConditionValues,
  type Permission,
  type Permissions,
  plainTags,
  requestTagConditions,
  resourceTagConditions,
  tagKeysConditions,
} from '../../aws/permission.ts';
import { formatArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { askForKeyInUse } from '../kms/public.ts';
import { findSecret, secretArn } from './references.ts';
import type { Tag } from './tables.ts';

/** Operations on one secret ask for it by its ARN; one that is not there by the ARN it would have. */
export const permissions: Readonly<Record<string, Permissions<never>>> = {
  ...Object.fromEntries(
    [
      'DeleteResourcePolicy',
      'DeleteSecret',
      'DescribeSecret',
      'GetResourcePolicy',
      'GetSecretValue',
      'ListSecretVersionIds',
      'PutResourcePolicy',
      'PutSecretValue',
      'RestoreSecret',
      'TagResource',
      'UntagResource',
      'UpdateSecret',
      'UpdateSecretVersionStage',
    ].map((operation): [string, Permissions<never>] => [
      operation,
      (
        input: {
          readonly SecretId: string;
          readonly VersionStage?: string;
          readonly Tags?: readonly Partial<Tag>[];
          readonly TagKeys?: readonly string[];
        },
        { call, reader },
      ) => [
        onSecret(`secretsmanager:${operation}`, reader, call, input.SecretId, {
          stage: input.VersionStage,
          brought: {
            ...requestTagConditions(plainTags(input.Tags)),
            ...tagKeysConditions(input.TagKeys ?? []),
          },
        }),
        ...onItsKey(keyActions[operation], reader, call, input.SecretId),
      ],
    ]),
  ),
  CreateSecret: (
    input: { readonly Name: string; readonly KmsKeyId?: string; readonly Tags?: readonly Partial<Tag>[] },
    { call, reader },
  ) => [
    // Its ARN ends in what nobody knows yet, so that a policy cannot ask for it.
    ...askForKeyInUse('kms:GenerateDataKey', reader, call, input.KmsKeyId, { service: 'secretsmanager', context: {} }),
    {
      action: 'secretsmanager:CreateSecret',
      resources: [unknownArn(call, input.Name)],
      conditions: {
        'secretsmanager:Name': input.Name,
        ...requestTagConditions(plainTags(input.Tags)),
      },
    },
  ],
  // The right to read each is asked for as well, as for GetSecretValue.
  BatchGetSecretValue: (input: { readonly SecretIdList?: readonly string[] }, { call, reader }) => [
    { action: 'secretsmanager:BatchGetSecretValue', resources: ['*'] },
    ...(input.SecretIdList ?? []).flatMap((id) => [
      onSecret('secretsmanager:GetSecretValue', reader, call, id),
      ...onItsKey('kms:Decrypt', reader, call, id),
    ]),
  ],
};

function onSecret(
  action: string,
  reader: Reader,
  scope: Scope,
  reference: string,
  { stage, brought = {} }: { readonly stage?: string | undefined; readonly brought?: ConditionValues } = {},
): Permission {
  const secret = findSecret(reader, scope, reference);
  const arn = secret ? secretArn(secret) : unknownArn(scope, reference);
  return {
    action,
    resources: [arn],
    conditions: {
      'secretsmanager:SecretId': arn,
      ...(stage !== undefined && { 'secretsmanager:VersionStage': stage }),
      ...resourceTagConditions(plainTags(secret?.tags), 'secretsmanager:ResourceTag'),
      ...brought,
    },
    ...(secret?.resourcePolicy !== undefined && { resourcePolicy: secret.resourcePolicy }),
  };
}

const keyActions: Readonly<Record<string, string>> = {
  GetSecretValue: 'kms:Decrypt',
  PutSecretValue: 'kms:GenerateDataKey',
  UpdateSecret: 'kms:GenerateDataKey',
};

/** A customer's key that the secret is under is asked for as well. */
function onItsKey(action: string | undefined, reader: Reader, scope: Scope, reference: string): readonly Permission[] {
  const secret = findSecret(reader, scope, reference);
  if (action === undefined || !secret) return [];
  const context = { SecretARN: secretArn(secret) };
  return askForKeyInUse(action, reader, scope, secret.kmsKeyId, { service: 'secretsmanager', context });
}

function unknownArn({ accountId, region }: Scope, reference: string): string {
  if (reference.startsWith('arn:')) return reference;
  return formatArn({ service: 'secretsmanager', region, accountId, resource: `secret:${reference}` });
}
