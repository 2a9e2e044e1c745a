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
import { type Filter, isUnder, matchingParameters } from './listing.ts';
import { latestOf, parameterArn, versionsOf } from './references.ts';
import { limits } from './rules/limits.ts';
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
  GetParametersByPath: (input: PathInput, { call, reader }) => [
    onParameter('ssm:GetParametersByPath', reader, call, input.Path, {
      'ssm:Recursive': String(input.Recursive ?? false),
    }),
    ...(input.WithDecryption ? pageOf(reader, call, input) : []).flatMap((name) => decrypting(reader, call, name)),
  ],
  PutParameter: (
    input: {
      readonly Name: string;
      readonly KeyId?: string;
      readonly Overwrite?: boolean;
      readonly Tags?: readonly Tag[];
    },
    { call, reader },
  ) => [
    onParameter('ssm:PutParameter', reader, call, input.Name, {
      'ssm:Overwrite': String(input.Overwrite ?? false),
      ...requestTagConditions(plainTags(input.Tags)),
    }),
    ...askForKeyInUse('kms:Encrypt', reader, call, input.KeyId, useFor(call, input.Name)),
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
        return [
          ...names.map((name) => onParameter(`ssm:${operation}`, reader, call, name)),
          ...(input.WithDecryption ? names : []).flatMap((name) =>
            decrypting(reader, call, name, operation === 'GetParameterHistory'),
          ),
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

interface PathInput {
  readonly Path: string;
  readonly Recursive?: boolean;
  readonly WithDecryption?: boolean;
  readonly ParameterFilters?: readonly Filter[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** The names that the answer will hold. */
function pageOf(reader: Reader, scope: Scope, input: PathInput): readonly string[] {
  const page = matchingParameters(reader, scope, {
    size: input.MaxResults ?? limits.pageByPath,
    token: input.NextToken,
    filters: input.ParameterFilters ?? [],
    isWanted: (name) => isUnder(name, input.Path, input.Recursive ?? false),
  });
  return page.items.map(({ parameter }) => parameter.name);
}

/** To decrypt a parameter is asked of the customer's keys that the versions shown are under: each has its own. */
function decrypting(reader: Reader, scope: Scope, reference: string, isHistory = false): readonly Permission[] {
  const { name, selector = '' } = readReference(reference);
  const parameter = reader.get(parameters, parameterKey(scope, name));
  if (!parameter) return [];
  const wanted = selector.slice(1);
  const shown =
    isHistory || wanted !== ''
      ? versionsOf(reader, parameter).filter(
          ({ version, labels }) => isHistory || String(version) === wanted || labels.includes(wanted),
        )
      : [latestOf(reader, parameter)];
  const keyIds = new Set(shown.map(({ keyId }) => keyId));
  return [...keyIds].flatMap((keyId) => askForKeyInUse('kms:Decrypt', reader, scope, keyId, useFor(scope, name)));
}

function useFor({ accountId, region }: Scope, name: string): Parameters<typeof askForKeyInUse>[4] {
  return { service: 'ssm', context: { PARAMETER_ARN: parameterArn({ accountId, region, name }) } };
}
