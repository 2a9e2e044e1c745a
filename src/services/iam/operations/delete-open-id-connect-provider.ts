import type { DeleteOpenIDConnectProviderRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findProvider } from '../oidc-providers.ts';
import { oidcProviders } from '../tables.ts';

export const deleteOpenIdConnectProvider: Operation<DeleteOpenIDConnectProviderRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const { arn } = findProvider(tx, call, input.OpenIDConnectProviderArn);
    tx.delete(oidcProviders, arn);
    return {};
  });
