import type { ValidatePullThroughCacheRuleRequest, ValidatePullThroughCacheRuleResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import type { Store } from '../../../store/store.ts';
import { NetError } from '../../../world/net.ts';
import { cacheRuleNamed } from '../cache-rule-reference.ts';
import type { EcrParts } from '../parts.ts';
import { upstreamOf } from '../pull-through.ts';
import { registryScope } from '../references.ts';
import { upstreamUrl } from '../rules/cache-rule.ts';
import type { PullThroughCacheRuleRecord } from '../tables.ts';
import { cacheRuleRest } from '../views.ts';

/** Valid is an upstream that answers as a registry does: with or without a challenge, or that lets the credentials in. */
export const validatePullThroughCacheRule: Operation<
  ValidatePullThroughCacheRuleRequest,
  ValidatePullThroughCacheRuleResponse,
  EcrParts
> = async (input, { call, store, parts }) => {
  const rule = store.view((reader) =>
    cacheRuleNamed(reader, registryScope(call, input.registryId), input.ecrRepositoryPrefix),
  );
  const failure = await failureOf(store, parts, rule);
  return {
    ecrRepositoryPrefix: rule.prefix,
    registryId: rule.accountId,
    upstreamRegistryUrl: rule.upstreamRegistryUrl,
    ...cacheRuleRest(rule),
    isValid: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
  };
};

async function failureOf(store: Store, parts: EcrParts, rule: PullThroughCacheRuleRecord): Promise<string | undefined> {
  const { net } = parts;
  if (!net) return 'This server has no network.';
  if (rule.credentialArn !== undefined) {
    try {
      const status = await upstreamOf(store, parts, net, rule).ping();
      return status === 200 ? undefined : `The upstream registry answered with ${status}.`;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }
  try {
    const url = `${upstreamUrl(rule.upstreamRegistryUrl)}/v2/`;
    const { status } = await net.request({ method: 'GET', url, headers: {}, timeoutMs: 10_000 });
    return status === 200 || status === 401 ? undefined : `The upstream registry answered with ${status}.`;
  } catch (error) {
    if (error instanceof NetError) return `The upstream registry does not answer: ${error.message}.`;
    throw error;
  }
}
