import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import { encodeBase64 } from '../../../aws/protocols/base64.ts';
import type { Transaction } from '../../../store/store.ts';
import { encryptFor } from '../../kms/public.ts';
import {
  invalidPattern,
  notBuilt,
  parameterExists,
  patternMismatch,
  tooManyVersionsLabelled,
  typeChange,
  validation,
} from '../errors.ts';
import type { SsmParts } from '../parts.ts';

import { latestOf, versionsOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { checkNewName } from '../rules/names.ts';
import { mergedTags } from '../rules/tags.ts';
import { parameterKey, type ParameterRecord, parameters, type ParameterType, versionKey, versions } from '../tables.ts';
import { contextOf, serviceKey, throughKms } from '../values.ts';

/** Differs from AWS: no parameter policies (expiry, notifications). */
export const putParameter: Operation<PutParameterRequest, PutParameterResult, SsmParts> = async (
  input,
  { call, store, parts },
) => {
  const name = input.Name;
  checkNewName(name);
  if (input.Policies !== undefined && input.Policies !== '' && input.Policies !== '[]') {
    throw notBuilt('parameter policies');
  }
  if (input.DataType !== undefined && input.DataType !== 'text') {
    throw notBuilt(`parameters of data type ${input.DataType}`);
  }
  if (input.Tags?.length && input.Overwrite) {
    throw validation(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  const value = input.Value;
  const bytes = new TextEncoder().encode(value);
  if (bytes.length === 0) throw validation('Parameter value can not be empty.');
  checkPattern(input.AllowedPattern, value);
  const tags = mergedTags([], input.Tags ?? []);
  const { accountId, region } = call;
  return store.update((tx, env) => {
    const present = tx.get(parameters, parameterKey(call, name));
    if (present && !input.Overwrite) throw parameterExists();
    const before = present && latestOf(tx, present);
    const type = typeAsked(input.Type, before?.type);
    const tier = tierOf(input.Tier, before?.tier, bytes.length);
    const parameter: ParameterRecord = {
      ...(present ?? { accountId, region, name, tags }),
      latestVersion: (present?.latestVersion ?? 0) + 1,
    };
    const keyId = type === 'SecureString' ? (input.KeyId ?? before?.keyId ?? serviceKey) : undefined;
    const stored =
      keyId === undefined
        ? value
        : encodeBase64(
            throughKms(() =>
              encryptFor(tx, env, parts.kms, call, { key: keyId, plaintext: bytes, context: contextOf(parameter) }),
            ).ciphertext,
          );
    if (present) forgetOldest(tx, present);
    tx.put(parameters, parameter);
    const description = input.Description ?? before?.description;
    tx.put(versions, {
      accountId,
      region,
      name,
      version: parameter.latestVersion,
      type,
      value: stored,
      ...(keyId !== undefined && { keyId }),
      ...(description !== undefined && { description }),
      ...(input.AllowedPattern !== undefined && { allowedPattern: input.AllowedPattern }),
      dataType: 'text',
      tier,
      labels: [],
      modifiedAt: env.now,
      modifiedBy: call.principal.arn,
    });
    return { Version: parameter.latestVersion, Tier: tier };
  });
};

function checkPattern(pattern: string | undefined, value: string): void {
  if (pattern === undefined || pattern === '') return;
  let matches: boolean;
  try {
    matches = new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    throw invalidPattern(pattern);
  }
  if (!matches) throw patternMismatch(pattern);
}

function typeAsked(asked: string | undefined, present: ParameterType | undefined): ParameterType {
  const type = asked ?? present;
  if (type === undefined) {
    throw validation('A parameter type is required when you create a parameter.');
  }
  if (type !== 'String' && type !== 'StringList' && type !== 'SecureString') {
    throw validation(
      `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`,
    );
  }
  if (present !== undefined && present !== type) throw typeChange();
  return type;
}

function tierOf(
  asked: string | undefined,
  present: 'Standard' | 'Advanced' | undefined,
  bytes: number,
): 'Standard' | 'Advanced' {
  if (bytes > limits.advancedBytes) {
    throw validation(
      `Advanced tier parameters support a maximum parameter value of ${limits.advancedBytes} characters.`,
    );
  }
  const isLong = bytes > limits.standardBytes;
  if (asked === 'Advanced' || present === 'Advanced') return 'Advanced';
  if (asked === 'Intelligent-Tiering') return isLong ? 'Advanced' : 'Standard';
  if (isLong) {
    throw validation(
      `Standard tier parameters support a maximum parameter value of ${limits.standardBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  return 'Standard';
}

/** A hundred versions are kept; one with a label is not let go of. */
function forgetOldest(tx: Transaction, parameter: ParameterRecord): void {
  const all = versionsOf(tx, parameter);
  const [oldest] = all;
  if (all.length < limits.versions || !oldest) return;
  if (oldest.labels.length > 0) throw tooManyVersionsLabelled(parameter.name);
  tx.delete(versions, versionKey(parameter, parameter.name, oldest.version));
}
