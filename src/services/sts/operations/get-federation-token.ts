import type { GetFederationTokenRequest, GetFederationTokenResponse } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/operation.ts';
import { isRoot } from '../../../aws/steps/authorize.ts';
import { formatArn } from '../../../core/arn.ts';
import { accessDenied, constraintBroken, validationError } from '../errors.ts';
import type { StsParts } from '../parts.ts';
import { sealKeyOf } from '../public.ts';
import { sessionLimits, sessionSeconds } from '../rules/session-request.ts';
import { credentialsView } from '../session-answer.ts';
import { sessionLayers } from '../session-policies.ts';

/** Temporary keys of a name that the user vouches for: they may what both the user and the given policies allow. */
export const getFederationToken: Operation<GetFederationTokenRequest, GetFederationTokenResponse, StsParts> = (
  input,
  { call, store, parts },
) => {
  const { principal, accountId } = call;
  if (principal.session) throw accessDenied('Cannot call GetFederationToken with session credentials');
  if (isRoot(principal)) throw accessDenied('Longshore gives federation tokens to users only, not to root.');
  if (!/^[\w+=,.@-]{2,32}$/.test(input.Name)) {
    throw constraintBroken(input.Name, 'name', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*');
  }
  const { longestUserSeconds, defaultUserSeconds } = sessionLimits;
  const seconds = sessionSeconds(input.DurationSeconds, { longest: longestUserSeconds, standard: defaultUserSeconds });
  if (typeof seconds === 'string') throw validationError(seconds);
  const issuedAt = call.receivedAt;
  const expiresAt = issuedAt + seconds * 1000;
  const arn = formatArn({ service: 'sts', region: '', accountId, resource: `federated-user/${input.Name}` });
  const userId = `${accountId}:${input.Name}`;
  return store.view((reader) => {
    const layers = sessionLayers(reader, input);
    const user = { arn: principal.arn, id: principal.userId };
    const session = { issuedAt, expiresAt, ...layers.session, user, isFederated: true };
    const keys = parts.tokens.issue(sealKeyOf(reader), { accountId, arn, userId, session });
    return {
      Credentials: credentialsView(keys, expiresAt),
      FederatedUser: { FederatedUserId: userId, Arn: arn },
      ...(layers.packedPolicySize !== undefined && { PackedPolicySize: layers.packedPolicySize }),
    };
  });
};
