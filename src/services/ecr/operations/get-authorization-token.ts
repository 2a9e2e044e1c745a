import type { GetAuthorizationTokenRequest, GetAuthorizationTokenResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { encodeBase64 } from '../../../aws/protocols/base64.ts';
import { toDate } from '../../../core/instant.ts';
import type { EcrParts } from '../parts.ts';
import { registryScope } from '../references.ts';
import { registryHost } from '../registry-host.ts';
import { createToken } from '../tokens.ts';

/** Differs from AWS: `proxyEndpoint` is plain HTTP on this machine, to which engines log in without being told to. */
export const getAuthorizationToken: Operation<GetAuthorizationTokenRequest, GetAuthorizationTokenResponse, EcrParts> = (
  input,
  { call, store, parts },
) => {
  const registryIds = input.registryIds ?? [call.accountId];
  for (const registryId of registryIds) registryScope(call, registryId);
  const token = store.view((reader) => createToken(reader, parts.hash, call.principal, call.receivedAt));
  const authorizationToken = encodeBase64(new TextEncoder().encode(`AWS:${token.password}`));
  return {
    authorizationData: registryIds.map(() => ({
      authorizationToken,
      expiresAt: toDate(token.expiresAt),
      proxyEndpoint: `http://${registryHost(call.endpoint)}`,
    })),
  };
};
