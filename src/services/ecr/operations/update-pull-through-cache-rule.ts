import type { UpdatePullThroughCacheRuleRequest, UpdatePullThroughCacheRuleResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { cacheRuleNamed } from '../cache-rule-reference.ts';
import { invalidParameter, notBuilt } from '../errors.ts';
import { registryScope } from '../references.ts';

/** All that can be updated are credentials, which upstream registries are not given here. */
export const updatePullThroughCacheRule: Operation<
  UpdatePullThroughCacheRuleRequest,
  UpdatePullThroughCacheRuleResponse
> = (input, { call, store }) => {
  store.view((reader) => cacheRuleNamed(reader, registryScope(call, input.registryId), input.ecrRepositoryPrefix));
  if (input.credentialArn === undefined && input.customRoleArn === undefined) {
    throw invalidParameter('Either credentialArn or customRoleArn must be given.');
  }
  throw notBuilt('credentials for upstream registries');
};
