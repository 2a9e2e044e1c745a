import type { UntagResourceRequest } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { presentSecret } from '../references.ts';
import { secrets } from '../tables.ts';

export const untagResource: Operation<UntagResourceRequest, void, SecretsManagerParts> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const secret = presentSecret(tx, call, input.SecretId);
    tx.put(secrets, { ...secret, tags: secret.tags.filter(({ Key }) => !input.TagKeys.includes(Key)) });
  });
};
