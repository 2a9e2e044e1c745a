import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { cacheRuleNotFound } from './errors.ts';
import { type PullThroughCacheRuleRecord, pullThroughCacheRules, repositoryKey } from './tables.ts';

/** Throws PullThroughCacheRuleNotFoundException. */
export function cacheRuleNamed(reader: Reader, scope: Scope, prefix: string): PullThroughCacheRuleRecord {
  const rule = reader.get(pullThroughCacheRules, repositoryKey(scope, prefix));
  if (!rule) throw cacheRuleNotFound(prefix.slice(0, 100), scope.accountId);
  return rule;
}
