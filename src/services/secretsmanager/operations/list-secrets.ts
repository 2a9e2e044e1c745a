import type { ListSecretsRequest, ListSecretsResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { matchingSecrets } from '../listing.ts';
import { showSecret } from '../secret-view.ts';

/** Differs from AWS: in the order of names, not of creation; SortOrder turns a page around. */
export const listSecrets: Operation<ListSecretsRequest, ListSecretsResponse, SecretsManagerParts> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const page = matchingSecrets(reader, call, input);
    const shown = page.items.map((secret) => showSecret(reader, secret));
    return {
      SecretList: input.SortOrder === 'desc' ? shown.reverse() : shown,
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });
