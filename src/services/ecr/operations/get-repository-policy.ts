import type { GetRepositoryPolicyRequest, GetRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryPolicyNotFound } from '../errors.ts';
import { repositoryNamed } from '../references.ts';

export const getRepositoryPolicy: Operation<GetRepositoryPolicyRequest, GetRepositoryPolicyResponse> = (
  input,
  { call, store },
) => {
  const { policyText, name, accountId } = store.view((reader) => repositoryNamed(reader, call, input));
  if (policyText === undefined) throw repositoryPolicyNotFound(name, accountId);
  return { registryId: accountId, repositoryName: name, policyText };
};
