import type { TagResourceRequest } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { presentSecret } from '../references.ts';
import { mergedTags } from '../rules/checks.ts';
import { secrets } from '../tables.ts';

export const tagResource: Operation<TagResourceRequest, void, SecretsManagerParts> = async (input, { call, store }) => {
  await store.update((tx) => {
    const secret = presentSecret(tx, call, input.SecretId);
    tx.put(secrets, { ...secret, tags: mergedTags(secret.tags, input.Tags) });
  });
};
