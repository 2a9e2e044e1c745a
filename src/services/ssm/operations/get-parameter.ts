import type { GetParameterRequest, GetParameterResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { versionNamed } from '../references.ts';
import { showVersion } from '../values.ts';

export const getParameter: Operation<GetParameterRequest, GetParameterResult, SsmParts> = (
  input,
  { call, store, parts },
) =>
  store.view((reader) => {
    const { version, selector } = versionNamed(reader, call, input.Name);
    return { Parameter: showVersion(reader, parts, version, { decrypt: input.WithDecryption ?? false, selector }) };
  });
