import type { Permission, Permissions } from '../../aws/permission.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { keyIdOf } from './material.ts';
import { aliasArn, findKey, keyArn } from './references.ts';
import { aliases, aliasKey } from './tables.ts';

/**
 * KMS asks the key's own policy first: what it does not give to the account, no policy of a user or role can give. A key
 * that is not there is asked for by the name given, and the operation then says that it is not there.
 */
export const permissions: Readonly<Record<string, Permissions<never>>> = {
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
  Decrypt: (input: { readonly KeyId?: string; readonly CiphertextBlob?: Uint8Array }, { call, reader }) => [
    about('kms:Decrypt', reader, call, input.KeyId ?? (input.CiphertextBlob && keyIdOf(input.CiphertextBlob)) ?? ''),
  ],
  ReEncrypt: (input: { readonly CiphertextBlob?: Uint8Array; readonly DestinationKeyId: string }, { call, reader }) => [
    about('kms:ReEncryptFrom', reader, call, (input.CiphertextBlob && keyIdOf(input.CiphertextBlob)) ?? ''),
    about('kms:ReEncryptTo', reader, call, input.DestinationKeyId),
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
          about(`kms:${operation}`, reader, call, target),
        ];
      },
    ]),
  ),
};

function onKey(...operations: readonly string[]): Readonly<Record<string, Permissions<never>>> {
  return Object.fromEntries(
    operations.map((operation): [string, Permissions<never>] => [
      operation,
      (input: { readonly KeyId: string }, { call, reader }) => [about(`kms:${operation}`, reader, call, input.KeyId)],
    ]),
  );
}

function about(action: string, reader: Reader, scope: Scope, reference: string): Permission {
  const key = findKey(reader, scope, reference);
  if (key) return { action, resources: [keyArn(key)], resourcePolicy: key.policy };
  return { action, resources: [reference.startsWith('arn:') ? reference : keyArn({ ...scope, keyId: reference })] };
}
