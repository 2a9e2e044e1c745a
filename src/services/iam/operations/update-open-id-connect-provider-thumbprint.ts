import type { UpdateOpenIDConnectProviderThumbprintRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedThumbprints, findProvider } from '../oidc-providers.ts';
import { oidcProviders } from '../tables.ts';

export const updateOpenIdConnectProviderThumbprint: Operation<
  UpdateOpenIDConnectProviderThumbprintRequest,
  object
> = async (input, { call, store }) =>
  await store.update((tx) => {
    const provider = findProvider(tx, call, input.OpenIDConnectProviderArn);
    tx.put(oidcProviders, { ...provider, thumbprints: checkedThumbprints(input.ThumbprintList) });
    return {};
  });
