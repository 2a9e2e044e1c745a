import type { CreateOpenIDConnectProviderRequest, CreateOpenIDConnectProviderResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { iamArn } from '../arns.ts';
import { withTags } from '../checks.ts';
import { alreadyExists, limitExceeded } from '../errors.ts';
import { checkedClientIds, checkedThumbprints, providerUrl } from '../oidc-providers.ts';
import { limits } from '../rules/limits.ts';
import { type OidcProviderRecord, oidcProviders } from '../tables.ts';

export const createOpenIdConnectProvider: Operation<
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse
> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const { accountId } = call;
    const url = providerUrl(input.Url);
    const arn = iamArn('oidc-provider', { accountId, name: url });
    if (tx.get(oidcProviders, arn)) throw alreadyExists(`Provider with url ${input.Url} already exists.`);
    if (tx.count(oidcProviders, 'account', accountId) >= limits.oidcProvidersPerAccount) {
      throw limitExceeded('OpenIdConnectProvidersPerAccount', limits.oidcProvidersPerAccount);
    }
    const provider: OidcProviderRecord = {
      accountId,
      arn,
      url,
      clientIds: checkedClientIds(input.ClientIDList ?? []),
      thumbprints: checkedThumbprints(input.ThumbprintList ?? []),
      tags: withTags([], input.Tags),
      createdAt: env.now,
    };
    tx.put(oidcProviders, provider);
    return { OpenIDConnectProviderArn: arn, ...(provider.tags.length > 0 && { Tags: provider.tags }) };
  });
