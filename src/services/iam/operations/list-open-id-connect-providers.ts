import type { ListOpenIDConnectProvidersRequest, ListOpenIDConnectProvidersResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { oidcProviders } from '../tables.ts';

export const listOpenIdConnectProviders: Operation<
  ListOpenIDConnectProvidersRequest,
  ListOpenIDConnectProvidersResponse
> = (_input, { call, store }) =>
  store.view((reader) => {
    const found = [...reader.find(oidcProviders, 'account', call.accountId)];
    return { OpenIDConnectProviderList: found.map(({ arn }) => ({ Arn: arn })) };
  });
