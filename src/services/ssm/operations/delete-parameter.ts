import type { DeleteParameterRequest, DeleteParameterResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { removeParameter } from '../deleting.ts';
import { parameterNotFound } from '../errors.ts';
import { readReference } from '../rules/names.ts';
import { parameterKey, parameters } from '../tables.ts';

export const deleteParameter: Operation<DeleteParameterRequest, DeleteParameterResult, SsmParts> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const parameter = tx.get(parameters, parameterKey(call, readReference(input.Name).name));
    if (!parameter) throw parameterNotFound();
    removeParameter(tx, parameter);
  });
  return {};
};
