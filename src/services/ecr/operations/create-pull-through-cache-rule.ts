import type { CreatePullThroughCacheRuleRequest, CreatePullThroughCacheRuleResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { scopeKey } from '../../../core/scope.ts';
import { cacheRuleExists, limitExceeded } from '../errors.ts';
import type { EcrParts } from '../parts.ts';
import { registryScope } from '../references.ts';
import { readCacheRule } from '../rules/cache-rule.ts';
import { limits } from '../rules/limits.ts';
import { pullThroughCacheRules } from '../tables.ts';
import { upstreamCredentials } from '../upstream-credentials.ts';
import { cacheRuleRest } from '../views.ts';

export const createPullThroughCacheRule: Operation<
  CreatePullThroughCacheRuleRequest,
  CreatePullThroughCacheRuleResponse,
  EcrParts
> = async (input, { call, store, parts }) => {
  const scope = registryScope(call, input.registryId);
  const { upstreamRegistry, ...read } = readCacheRule(input);
  const rule = await store.update((tx, env) => {
    const created = { ...scope, ...read, createdAt: env.now, updatedAt: env.now };
    if (tx.get(pullThroughCacheRules, pullThroughCacheRules.key(created))) {
      throw cacheRuleExists(read.prefix, scope.accountId);
    }
    if (tx.count(pullThroughCacheRules, 'scope', scopeKey(scope)) >= limits.cacheRules) {
      throw limitExceeded(`A registry has at most ${limits.cacheRules} pull through cache rules.`);
    }
    if (created.credentialArn !== undefined) upstreamCredentials(tx, parts, scope, created.credentialArn);
    tx.put(pullThroughCacheRules, created);
    return created;
  });
  return {
    ecrRepositoryPrefix: rule.prefix,
    upstreamRegistryUrl: rule.upstreamRegistryUrl,
    createdAt: toDate(rule.createdAt),
    registryId: rule.accountId,
    ...(upstreamRegistry === undefined ? {} : { upstreamRegistry }),
    ...cacheRuleRest(rule),
  };
};
