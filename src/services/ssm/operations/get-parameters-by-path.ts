import type { GetParametersByPathRequest, GetParametersByPathResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { validation } from '../errors.ts';
import { isUnder, matchingParameters } from '../listing.ts';
import { limits } from '../rules/limits.ts';
import { publicParameters } from '../rules/public-parameters.ts';
import { showVersion } from '../values.ts';

export const getParametersByPath: Operation<GetParametersByPathRequest, GetParametersByPathResult, SsmParts> = (
  input,
  { call, store, parts },
) => {
  const { Path: path, Recursive: recursive = false } = input;
  if (!path.startsWith('/')) {
    throw validation('The parameter path must be a fully qualified path that begins with a forward slash.');
  }
  const size = input.MaxResults ?? limits.pageByPath;
  if (size < 1 || size > limits.pageByPath) throw validation(`MaxResults must be between 1 and ${limits.pageByPath}.`);
  const decrypt = input.WithDecryption ?? false;
  return store.view((reader) => {
    if (path.startsWith('/aws/')) {
      // Few enough for one page, whatever was asked for.
      const published = publicParameters(call.region).filter(({ name }) => isUnder(name, path, recursive));
      return { Parameters: published.map((version) => showVersion(reader, parts, version, { decrypt })) };
    }
    const page = matchingParameters(reader, call, {
      size,
      token: input.NextToken,
      filters: input.ParameterFilters ?? [],
      isWanted: (name) => isUnder(name, path, recursive),
    });
    return {
      Parameters: page.items.map(({ latest }) => showVersion(reader, parts, latest, { decrypt })),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });
};
