import type { DeleteParametersRequest, DeleteParametersResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { removeParameter } from '../deleting.ts';
import { parameterKey, parameters } from '../tables.ts';

export const deleteParameters: Operation<DeleteParametersRequest, DeleteParametersResult, SsmParts> = async (
  input,
  { call, store },
) => {
  const deleted: string[] = [];
  const invalid: string[] = [];
  for (const name of new Set(input.Names)) {
    // One transaction each: with all their versions they would be too many changes for one.
    const isThere = await store.update((tx) => {
      const parameter = tx.get(parameters, parameterKey(call, name));
      if (parameter) removeParameter(tx, parameter);
      return parameter !== undefined;
    });
    (isThere ? deleted : invalid).push(name);
  }
  return { DeletedParameters: deleted, InvalidParameters: invalid };
};
