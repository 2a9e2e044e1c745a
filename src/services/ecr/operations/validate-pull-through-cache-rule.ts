import type { ValidatePullThroughCacheRuleRequest, ValidatePullThroughCacheRuleResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { NetError } from '../../../world/net.ts';
import { cacheRuleNamed } from '../cache-rule-reference.ts';
import type { EcrParts } from '../parts.ts';
import { registryScope } from '../references.ts';
import { upstreamUrl } from '../rules/cache-rule.ts';
import { cacheRuleRest } from '../views.ts';

/** Valid is an upstream that answers as a registry does, with or without a challenge. */
export const validatePullThroughCacheRule: Operation<
  ValidatePullThroughCacheRuleRequest,
  ValidatePullThroughCacheRuleResponse,
  EcrParts
> = async (input, { call, store, parts }) => {
  const rule = store.view((reader) =>
    cacheRuleNamed(reader, registryScope(call, input.registryId), input.ecrRepositoryPrefix),
  );
  const failure = await failureOf(parts, rule.upstreamRegistryUrl);
  return {
    ecrRepositoryPrefix: rule.prefix,
    registryId: rule.accountId,
    upstreamRegistryUrl: rule.upstreamRegistryUrl,
    ...cacheRuleRest(rule),
    isValid: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
  };
};

async function failureOf({ net }: Pick<EcrParts, 'net'>, url: string): Promise<string | undefined> {
  if (!net) return 'This server has no network.';
  try {
    const { status } = await net.request({
      method: 'GET',
      url: `${upstreamUrl(url)}/v2/`,
      headers: {},
      timeoutMs: 10_000,
    });
    return status === 200 || status === 401 ? undefined : `The upstream registry answered with ${status}.`;
  } catch (error) {
    if (error instanceof NetError) return `The upstream registry does not answer: ${error.message}.`;
    throw error;
  }
}
