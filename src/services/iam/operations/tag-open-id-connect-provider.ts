import type { TagOpenIDConnectProviderRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withTags } from '../checks.ts';
import { findProvider } from '../oidc-providers.ts';
import { oidcProviders } from '../tables.ts';

export const tagOpenIdConnectProvider: Operation<TagOpenIDConnectProviderRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const provider = findProvider(tx, call, input.OpenIDConnectProviderArn);
    tx.put(oidcProviders, { ...provider, tags: withTags(provider.tags, input.Tags) });
    return {};
  });
