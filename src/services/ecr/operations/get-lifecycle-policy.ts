import type { GetLifecyclePolicyRequest, GetLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { lifecyclePolicyNotFound } from '../errors.ts';
import { repositoryNamed } from '../references.ts';

export const getLifecyclePolicy: Operation<GetLifecyclePolicyRequest, GetLifecyclePolicyResponse> = (
  input,
  { call, store },
) => {
  const { lifecyclePolicy, accountId, name } = store.view((reader) => repositoryNamed(reader, call, input));
  if (!lifecyclePolicy) throw lifecyclePolicyNotFound(name, accountId);
  return {
    registryId: accountId,
    repositoryName: name,
    lifecyclePolicyText: lifecyclePolicy.text,
    ...(lifecyclePolicy.evaluatedAt === undefined ? {} : { lastEvaluatedAt: toDate(lifecyclePolicy.evaluatedAt) }),
  };
};
