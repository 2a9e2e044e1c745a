import {
  type ConditionValues,
  type Permission,
  type Permissions,
  plainTags,
  requestTagConditions,
  resourceTagConditions,
  tagKeysConditions,
} from '../../aws/permission.ts';
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
  DeleteParameters: (input: { readonly Names: readonly string[] }, { call, reader }) =>
    input.Names.map((name) => onParameter('ssm:DeleteParameters', reader, call, name)),
  GetParametersByPath: (input: { readonly Path: string }, { call, reader }) => [
    onParameter('ssm:GetParametersByPath', reader, call, input.Path),
  ],
  PutParameter: (
    input: { readonly Name: string; readonly KeyId?: string; readonly Tags?: readonly Tag[] },
    { call, reader },
  ) => [
    onParameter('ssm:PutParameter', reader, call, input.Name, requestTagConditions(plainTags(input.Tags))),
    ...askForKeyInUse('kms:Encrypt', reader, call, input.KeyId),
  ],
  AddTagsToResource: (input: { readonly ResourceId: string; readonly Tags: readonly Tag[] }, { call, reader }) => [
    onParameter('ssm:AddTagsToResource', reader, call, input.ResourceId, requestTagConditions(plainTags(input.Tags))),
  ],
  RemoveTagsFromResource: (
    input: { readonly ResourceId: string; readonly TagKeys: readonly string[] },
    { call, reader },
  ) => [onParameter('ssm:RemoveTagsFromResource', reader, call, input.ResourceId, tagKeysConditions(input.TagKeys))],
  ListTagsForResource: (input: { readonly ResourceId: string }, { call, reader }) => [
    onParameter('ssm:ListTagsForResource', reader, call, input.ResourceId),
  ],
};

function onOne(...operations: readonly string[]): Readonly<Record<string, Permissions<never>>> {
  return Object.fromEntries(
    operations.map((operation): [string, Permissions<never>] => [
      operation,
      (input: { readonly Name: string }, { call, reader }) => [
        onParameter(`ssm:${operation}`, reader, call, input.Name),
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
          ...names.map((name) => onParameter(`ssm:${operation}`, reader, call, name)),
          ...[...keys].flatMap((key) => askForKeyInUse('kms:Decrypt', reader, call, key)),
        ];
      },
    ]),
  );
}

/** Each parameter is asked for by itself: it has tags of its own. */
function onParameter(
  action: string,
  reader: Reader,
  scope: Scope,
  reference: string,
  brought: ConditionValues = {},
): Permission {
  const { accountId, region } = scope;
  const { name } = readReference(reference);
  const tags = plainTags(reader.get(parameters, parameterKey(scope, name))?.tags);
  return {
    action,
    resources: [parameterArn({ accountId, region, name })],
    conditions: {
      ...resourceTagConditions(tags, 'ssm:resourceTag'),
      ...brought,
    },
  };
}

/** The customer's key that a parameter is encrypted with. */
function keyOf(reader: Reader, scope: Scope, reference: string): readonly string[] {
  const parameter = reader.get(parameters, parameterKey(scope, readReference(reference).name));
  const keyId = parameter && latestOf(reader, parameter).keyId;
  return keyId === undefined ? [] : [keyId];
}
