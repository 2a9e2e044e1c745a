import type { UpdatePullThroughCacheRuleRequest, UpdatePullThroughCacheRuleResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { cacheRuleNamed } from '../cache-rule-reference.ts';
import { invalidParameter } from '../errors.ts';
import type { EcrParts } from '../parts.ts';
import { registryScope } from '../references.ts';
import { checkCredentials } from '../rules/cache-rule.ts';
import { pullThroughCacheRules } from '../tables.ts';
import { upstreamCredentials } from '../upstream-credentials.ts';
import { cacheRuleRest } from '../views.ts';

/** Its credentials are all that can be updated of a rule. */
export const updatePullThroughCacheRule: Operation<
  UpdatePullThroughCacheRuleRequest,
  UpdatePullThroughCacheRuleResponse,
  EcrParts
> = async (input, { call, store, parts }) => {
  const scope = registryScope(call, input.registryId);
  const { credentialArn } = input;
  checkCredentials(input);
  const rule = await store.update((tx, env) => {
    const before = cacheRuleNamed(tx, scope, input.ecrRepositoryPrefix);
    if (credentialArn === undefined) {
      throw invalidParameter(
        "Invalid parameter at 'credentialArn' failed to satisfy constraint: 'credentialArn or customRoleArn must be given'",
      );
    }
    upstreamCredentials(tx, parts, scope, credentialArn);
    const updated = { ...before, credentialArn, updatedAt: env.now };
    tx.put(pullThroughCacheRules, updated);
    return updated;
  });
  return {
    ecrRepositoryPrefix: rule.prefix,
    registryId: rule.accountId,
    updatedAt: toDate(rule.updatedAt),
    ...cacheRuleRest(rule),
  };
};
