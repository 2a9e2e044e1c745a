import type { AddClientIDToOpenIDConnectProviderRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedClientIds, findProvider } from '../oidc-providers.ts';
import { oidcProviders } from '../tables.ts';

export const addClientIdToOpenIdConnectProvider: Operation<AddClientIDToOpenIDConnectProviderRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const provider = findProvider(tx, call, input.OpenIDConnectProviderArn);
    const clientIds = checkedClientIds([...new Set([...provider.clientIds, input.ClientID])]);
    tx.put(oidcProviders, { ...provider, clientIds });
    return {};
  });
