import type { GetAuthorizationTokenRequest, GetAuthorizationTokenResponse } from '@aws-sdk/client-ecr-public';
import type { Operation } from '../../../aws/operation.ts';
import { encodeBase64 } from '../../../aws/protocols/base64.ts';
import { toDate } from '../../../core/instant.ts';
import { authorizationToken } from '../../ecr/public.ts';
import type { EcrPublicParts } from '../service.ts';

/** Differs from AWS: public.ecr.aws knows nothing of this token, and gives its images without one. */
export const getAuthorizationToken: Operation<
  GetAuthorizationTokenRequest,
  GetAuthorizationTokenResponse,
  EcrPublicParts
> = (_input, { call, store, parts }) => {
  const token = store.view((reader) => authorizationToken(reader, parts.hash, call.principal, call.receivedAt));
  return {
    authorizationData: {
      authorizationToken: encodeBase64(new TextEncoder().encode(`AWS:${token.password}`)),
      expiresAt: toDate(token.expiresAt),
    },
  };
};
