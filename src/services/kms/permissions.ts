import {
  type ConditionValues,
  type Permissions,
  requestTagConditions,
  tagKeysConditions,
} from '../../aws/permission.ts';
import { keyIdOf } from './material.ts';
import { askForKey, contextConditions, type EncryptionContext } from './public.ts';
import { aliasArn } from './references.ts';
import { aliases, aliasKey, type Tag } from './tables.ts';

/**
 * KMS asks the key's own policy first: what it does not give to the account, no policy of a user or role can give. A key
 * that is not there is asked for by the name given, and the operation then says that it is not there.
 */
export const permissions: Readonly<Record<string, Permissions<never>>> = {
  CreateKey: (input: { readonly Tags?: readonly Tag[] }) => [
    { action: 'kms:CreateKey', resources: ['*'], conditions: broughtTags(input.Tags) },
  ],
  ...onKey(
    'CancelKeyDeletion',
    'DescribeKey',
    'DisableKey',
    'DisableKeyRotation',
    'EnableKey',
    'EnableKeyRotation',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'GetKeyPolicy',
    'GetKeyRotationStatus',
    'ListKeyPolicies',
    'ListResourceTags',
    'PutKeyPolicy',
    'ScheduleKeyDeletion',
    'TagResource',
    'UntagResource',
    'UpdateKeyDescription',
  ),
  Decrypt: (
    input: {
      readonly KeyId?: string;
      readonly CiphertextBlob?: Uint8Array;
      readonly EncryptionContext?: EncryptionContext;
    },
    { call, reader },
  ) => [
    askForKey(
      'kms:Decrypt',
      reader,
      call,
      input.KeyId ?? (input.CiphertextBlob && keyIdOf(input.CiphertextBlob)) ?? '',
      contextConditions(input.EncryptionContext),
    ),
  ],
  ReEncrypt: (
    input: {
      readonly CiphertextBlob?: Uint8Array;
      readonly DestinationKeyId: string;
      readonly SourceEncryptionContext?: EncryptionContext;
      readonly DestinationEncryptionContext?: EncryptionContext;
    },
    { call, reader },
  ) => [
    askForKey(
      'kms:ReEncryptFrom',
      reader,
      call,
      (input.CiphertextBlob && keyIdOf(input.CiphertextBlob)) ?? '',
      contextConditions(input.SourceEncryptionContext),
    ),
    askForKey(
      'kms:ReEncryptTo',
      reader,
      call,
      input.DestinationKeyId,
      contextConditions(input.DestinationEncryptionContext),
    ),
  ],
  ...Object.fromEntries(
    ['CreateAlias', 'UpdateAlias', 'DeleteAlias'].map((operation): [string, Permissions<never>] => [
      operation,
      (input: { readonly AliasName: string; readonly TargetKeyId?: string }, { call, reader }) => {
        const { accountId, region } = call;
        const target = input.TargetKeyId ?? reader.get(aliases, aliasKey(call, input.AliasName))?.keyId ?? '';
        return [
          {
            action: `kms:${operation}`,
            resources: [aliasArn({ accountId, region, aliasName: input.AliasName })],
          },
          askForKey(`kms:${operation}`, reader, call, target),
        ];
      },
    ]),
  ),
};

function onKey(...operations: readonly string[]): Readonly<Record<string, Permissions<never>>> {
  return Object.fromEntries(
    operations.map((operation): [string, Permissions<never>] => [
      operation,
      (
        input: {
          readonly KeyId: string;
          readonly EncryptionContext?: EncryptionContext;
          readonly Tags?: readonly Tag[];
          readonly TagKeys?: readonly string[];
        },
        { call, reader },
      ) => [
        askForKey(`kms:${operation}`, reader, call, input.KeyId, {
          ...contextConditions(input.EncryptionContext),
          ...broughtTags(input.Tags),
          ...tagKeysConditions(input.TagKeys ?? []),
        }),
      ],
    ]),
  );
}

function broughtTags(tags: readonly Tag[] = []): ConditionValues {
  return requestTagConditions(tags.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })));
}
