import type { GetParametersRequest, GetParametersResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import { AwsError } from '../../../aws/error.ts';
import type { SsmParts } from '../parts.ts';

import { validation } from '../errors.ts';
import { versionNamed } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { showVersion } from '../values.ts';

export const getParameters: Operation<GetParametersRequest, GetParametersResult, SsmParts> = (
  input,
  { call, store, parts },
) => {
  if (input.Names.length > limits.names) {
    throw validation(
      `1 validation error detected: Value '[${input.Names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have length less than or equal to ${limits.names}`,
    );
  }
  return store.view((reader) => {
    const found: NonNullable<GetParametersResult['Parameters']> = [];
    const invalid: string[] = [];
    for (const name of new Set(input.Names)) {
      try {
        const { version, selector } = versionNamed(reader, call, name);
        found.push(showVersion(reader, parts, version, { decrypt: input.WithDecryption ?? false, selector }));
      } catch (error) {
        const isMissing = error instanceof AwsError && error.code.startsWith('Parameter');
        if (!isMissing) throw error;
        invalid.push(name);
      }
    }
    return { Parameters: found, InvalidParameters: invalid };
  });
};
