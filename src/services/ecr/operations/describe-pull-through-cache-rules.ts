import type { DescribePullThroughCacheRulesRequest, DescribePullThroughCacheRulesResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { scopeKey } from '../../../core/scope.ts';
import { cacheRuleNamed } from '../cache-rule-reference.ts';
import { pageAsked } from '../paging.ts';
import { registryScope } from '../references.ts';
import { pullThroughCacheRules } from '../tables.ts';
import { cacheRuleView } from '../views.ts';

export const describePullThroughCacheRules: Operation<
  DescribePullThroughCacheRulesRequest,
  DescribePullThroughCacheRulesResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const scope = registryScope(call, input.registryId);
    const { ecrRepositoryPrefixes } = input;
    if (ecrRepositoryPrefixes) {
      const found = ecrRepositoryPrefixes.map((prefix) => cacheRuleNamed(reader, scope, prefix));
      return { pullThroughCacheRules: found.map(cacheRuleView) };
    }
    const { size, afterKey } = pageAsked(input);
    const rules = reader.find(pullThroughCacheRules, 'scope', scopeKey(scope), afterKey);
    const page = takePage(rules, size, pullThroughCacheRules.key);
    return {
      pullThroughCacheRules: page.items.map(cacheRuleView),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  });
