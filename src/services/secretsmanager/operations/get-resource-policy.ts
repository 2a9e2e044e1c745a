import type { GetResourcePolicyRequest, GetResourcePolicyResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { secretArn, secretNamed } from '../references.ts';

export const getResourcePolicy: Operation<GetResourcePolicyRequest, GetResourcePolicyResponse, SecretsManagerParts> = (
  input,
  { call, store },
) => {
  const secret = store.view((reader) => secretNamed(reader, call, input.SecretId));
  return {
    ARN: secretArn(secret),
    Name: secret.name,
    ...(secret.resourcePolicy === undefined ? {} : { ResourcePolicy: secret.resourcePolicy }),
  };
};
