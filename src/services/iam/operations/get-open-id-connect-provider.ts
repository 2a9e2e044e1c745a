import type { GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { findProvider } from '../oidc-providers.ts';

export const getOpenIdConnectProvider: Operation<GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { url, clientIds, thumbprints, createdAt, tags } = findProvider(reader, call, input.OpenIDConnectProviderArn);
    return {
      Url: url,
      ClientIDList: clientIds,
      ThumbprintList: thumbprints,
      CreateDate: toDate(createdAt),
      ...(tags.length > 0 && { Tags: tags }),
    };
  });
