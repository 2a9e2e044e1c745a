import type { RemoveClientIDFromOpenIDConnectProviderRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findProvider } from '../oidc-providers.ts';
import { oidcProviders } from '../tables.ts';

export const removeClientIdFromOpenIdConnectProvider: Operation<
  RemoveClientIDFromOpenIDConnectProviderRequest,
  object
> = async (input, { call, store }) =>
  await store.update((tx) => {
    const provider = findProvider(tx, call, input.OpenIDConnectProviderArn);
    tx.put(oidcProviders, { ...provider, clientIds: provider.clientIds.filter((id) => id !== input.ClientID) });
    return {};
  });
