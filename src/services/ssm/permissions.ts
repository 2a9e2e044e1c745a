import type { Permission, Permissions } from '../../aws/permission.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { askForKeyInUse } from '../kms/public.ts';
import { latestOf, parameterArn } from './references.ts';
import { readReference } from './rules/names.ts';
import { parameterKey, parameters, type Tag } from './tables.ts';

/**
 * Parameters are asked for by their ARNs, paths by the ARN of the path. Reading a SecureString decrypted also asks for
 * kms:Decrypt on the customer's key; the service's own key may be used by whoever may read the parameter.
 */
export const permissions: Readonly<Record<string, Permissions<never>>> = {
  ...onOne('DeleteParameter', 'LabelParameterVersion', 'UnlabelParameterVersion'),
  ...reading('GetParameter', 'GetParameterHistory'),
  ...reading('GetParameters'),
  DeleteParameters: (input: { readonly Names: readonly string[] }, { call, reader }) => [
    onParameters('ssm:DeleteParameters', reader, call, input.Names),
  ],
  GetParametersByPath: (input: { readonly Path: string }, { call, reader }) => [
    onParameters('ssm:GetParametersByPath', reader, call, [input.Path]),
  ],
  PutParameter: (
    input: { readonly Name: string; readonly KeyId?: string; readonly Tags?: readonly Tag[] },
    { call, reader },
  ) => [
    {
      ...onParameters('ssm:PutParameter', reader, call, [input.Name]),
      conditions: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    },
    ...askForKeyInUse('kms:Encrypt', reader, call, input.KeyId),
  ],
  ...Object.fromEntries(
    ['AddTagsToResource', 'RemoveTagsFromResource', 'ListTagsForResource'].map(
      (operation): [string, Permissions<never>] => [
        operation,
        (input: { readonly ResourceId: string }, { call, reader }) => [
          onParameters(`ssm:${operation}`, reader, call, [input.ResourceId]),
        ],
      ],
    ),
  ),
};

function onOne(...operations: readonly string[]): Readonly<Record<string, Permissions<never>>> {
  return Object.fromEntries(
    operations.map((operation): [string, Permissions<never>] => [
      operation,
      (input: { readonly Name: string }, { call, reader }) => [
        onParameters(`ssm:${operation}`, reader, call, [input.Name]),
      ],
    ]),
  );
}

function reading(...operations: readonly string[]): Readonly<Record<string, Permissions<never>>> {
  return Object.fromEntries(
    operations.map((operation): [string, Permissions<never>] => [
      operation,
      (
        input: { readonly Name?: string; readonly Names?: readonly string[]; readonly WithDecryption?: boolean },
        { call, reader },
      ) => {
        const names = input.Names ?? [input.Name ?? ''];
        const keys = new Set(input.WithDecryption ? names.flatMap((name) => keyOf(reader, call, name)) : []);
        return [
          onParameters(`ssm:${operation}`, reader, call, names),
          ...[...keys].flatMap((key) => askForKeyInUse('kms:Decrypt', reader, call, key)),
        ];
      },
    ]),
  );
}

function onParameters(action: string, reader: Reader, scope: Scope, references: readonly string[]): Permission {
  const { accountId, region } = scope;
  const names = references.map((reference) => readReference(reference).name);
  const [only] = names.length === 1 ? names : [];
  const tags = only === undefined ? [] : (reader.get(parameters, parameterKey(scope, only))?.tags ?? []);
  return {
    action,
    resources: names.map((name) => parameterArn({ accountId, region, name })),
    conditions: Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value])),
  };
}

/** The customer's key that a parameter is encrypted with. */
function keyOf(reader: Reader, scope: Scope, reference: string): readonly string[] {
  const parameter = reader.get(parameters, parameterKey(scope, readReference(reference).name));
  const keyId = parameter && latestOf(reader, parameter).keyId;
  return keyId === undefined ? [] : [keyId];
}
