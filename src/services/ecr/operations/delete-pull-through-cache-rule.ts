import type { DeletePullThroughCacheRuleRequest, DeletePullThroughCacheRuleResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { cacheRuleNamed } from '../cache-rule-reference.ts';
import { registryScope } from '../references.ts';
import { pullThroughCacheRules } from '../tables.ts';
import { cacheRuleRest } from '../views.ts';

/** What was cached stays. */
export const deletePullThroughCacheRule: Operation<
  DeletePullThroughCacheRuleRequest,
  DeletePullThroughCacheRuleResponse
> = (input, { call, store }) =>
  store.update((tx) => {
    const rule = cacheRuleNamed(tx, registryScope(call, input.registryId), input.ecrRepositoryPrefix);
    tx.delete(pullThroughCacheRules, pullThroughCacheRules.key(rule));
    return {
      ecrRepositoryPrefix: rule.prefix,
      upstreamRegistryUrl: rule.upstreamRegistryUrl,
      createdAt: toDate(rule.createdAt),
      registryId: rule.accountId,
      ...cacheRuleRest(rule),
    };
  });
