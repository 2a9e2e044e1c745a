import type { PutResourcePolicyRequest, PutResourcePolicyResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { resourcePolicyProblem } from '../../iam/public.ts';
import { malformedPolicy } from '../errors.ts';
import { presentSecret, secretArn } from '../references.ts';
import { secrets } from '../tables.ts';

export const putResourcePolicy: Operation<
  PutResourcePolicyRequest,
  PutResourcePolicyResponse,
  SecretsManagerParts
> = async (input, { call, store }) => {
  const resourcePolicy = input.ResourcePolicy;
  const problem = resourcePolicyProblem(resourcePolicy);
  if (problem !== undefined) throw malformedPolicy(problem);
  return store.update((tx) => {
    const secret = presentSecret(tx, call, input.SecretId);
    tx.put(secrets, { ...secret, resourcePolicy });
    return { ARN: secretArn(secret), Name: secret.name };
  });
};
