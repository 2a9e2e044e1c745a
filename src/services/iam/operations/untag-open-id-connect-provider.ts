import type { UntagOpenIDConnectProviderRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withoutTags } from '../checks.ts';
import { findProvider } from '../oidc-providers.ts';
import { oidcProviders } from '../tables.ts';

export const untagOpenIdConnectProvider: Operation<UntagOpenIDConnectProviderRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const provider = findProvider(tx, call, input.OpenIDConnectProviderArn);
    tx.put(oidcProviders, { ...provider, tags: withoutTags(provider.tags, input.TagKeys) });
    return {};
  });
