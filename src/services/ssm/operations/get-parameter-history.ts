import type { GetParameterHistoryRequest, GetParameterHistoryResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import { decodeToken, takePage } from '../../../core/page.ts';
import type { SsmParts } from '../parts.ts';

import { invalidToken } from '../errors.ts';
import { showMetadata } from '../metadata-view.ts';
import { parameterNamed } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { readReference } from '../rules/names.ts';
import { parameterKey, versionKey, versions } from '../tables.ts';
import { plainValue } from '../values.ts';

export const getParameterHistory: Operation<GetParameterHistoryRequest, GetParameterHistoryResult, SsmParts> = (
  input,
  { call, store, parts },
) =>
  store.view((reader) => {
    const parameter = parameterNamed(reader, call, readReference(input.Name).name);
    const afterKey = input.NextToken === undefined ? undefined : decodeToken(input.NextToken);
    if (input.NextToken !== undefined && afterKey === undefined) throw invalidToken();
    const found = reader.find(versions, 'parameter', parameterKey(parameter, parameter.name), afterKey);
    const page = takePage(found, input.MaxResults ?? limits.page, (one) => versionKey(one, one.name, one.version));
    return {
      Parameters: page.items.map((version) => ({
        ...showMetadata(version),
        Value: input.WithDecryption ? plainValue(reader, parts, version) : version.value,
        Labels: [...version.labels],
      })),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });
