import type { LabelParameterVersionRequest, LabelParameterVersionResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import { AwsError } from '../../../aws/error.ts';
import type { SsmParts } from '../parts.ts';

import { versionNotFound } from '../errors.ts';
import { parameterNamed, versionsOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { readReference } from '../rules/names.ts';
import { versions } from '../tables.ts';

/** A label is on one version at a time: given to this one it leaves the other. */
export const labelParameterVersion: Operation<LabelParameterVersionRequest, LabelParameterVersionResult, SsmParts> = (
  input,
  { call, store },
) => {
  const isValid = (label: string): boolean => /^(?!\d)(?!(?:aws|ssm))[A-Za-z0-9_.-]{1,100}$/i.test(label);
  const invalid = input.Labels.filter((label) => !isValid(label));
  const labels = input.Labels.filter(isValid);
  return store.update((tx) => {
    const parameter = parameterNamed(tx, call, readReference(input.Name).name);
    const wanted = input.ParameterVersion ?? parameter.latestVersion;
    const all = versionsOf(tx, parameter);
    const target = all.find(({ version }) => version === wanted);
    if (!target) throw versionNotFound(parameter.name, String(wanted));
    const after = [...new Set([...target.labels, ...labels])];
    if (after.length > limits.labels) {
      throw new AwsError(
        'ParameterVersionLabelLimitExceeded',
        'An error occurred (ParameterVersionLabelLimitExceeded) when calling the LabelParameterVersion operation: A parameter version can have maximum 10 labels. Move one or more labels to another version and try again.',
      );
    }
    for (const version of all) {
      const kept = version === target ? after : version.labels.filter((label) => !labels.includes(label));
      if (kept.length !== version.labels.length) tx.put(versions, { ...version, labels: kept });
    }
    return { InvalidLabels: invalid, ParameterVersion: wanted };
  });
};
