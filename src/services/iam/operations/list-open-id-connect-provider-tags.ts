import type { ListOpenIDConnectProviderTagsRequest, ListOpenIDConnectProviderTagsResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findProvider } from '../oidc-providers.ts';
import { pageOfList } from '../paging.ts';

export const listOpenIdConnectProviderTags: Operation<
  ListOpenIDConnectProviderTagsRequest,
  ListOpenIDConnectProviderTagsResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const { tags } = findProvider(reader, call, input.OpenIDConnectProviderArn);
    const { items, end } = pageOfList(input, tags, ({ Key }) => Key);
    return { Tags: items, ...end };
  });
