import type { UnlabelParameterVersionRequest, UnlabelParameterVersionResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { versionNotFound } from '../errors.ts';
import { parameterNamed } from '../references.ts';
import { readReference } from '../rules/names.ts';
import { versionKey, versions } from '../tables.ts';

export const unlabelParameterVersion: Operation<
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
  SsmParts
> = (input, { call, store }) =>
  store.update((tx) => {
    const parameter = parameterNamed(tx, call, readReference(input.Name).name);
    const version = tx.get(versions, versionKey(parameter, parameter.name, input.ParameterVersion));
    if (!version) throw versionNotFound(parameter.name, String(input.ParameterVersion));
    tx.put(versions, { ...version, labels: version.labels.filter((label) => !input.Labels.includes(label)) });
    return {
      RemovedLabels: input.Labels.filter((label) => version.labels.includes(label)),
      InvalidLabels: input.Labels.filter((label) => !version.labels.includes(label)),
    };
  });
