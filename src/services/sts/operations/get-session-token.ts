import type { GetSessionTokenRequest, GetSessionTokenResponse } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/operation.ts';
import { isRoot } from '../../../aws/steps/authorize.ts';
import { accessDenied, validationError } from '../errors.ts';
import type { StsParts } from '../parts.ts';
import { sealKeyOf } from '../public.ts';
import { sessionLimits, sessionSeconds } from '../rules/session-request.ts';
import { credentialsView } from '../session-answer.ts';

/** Temporary keys of the user who asks, or of root. They may what the user may. */
export const getSessionToken: Operation<GetSessionTokenRequest, GetSessionTokenResponse, StsParts> = (
  input,
  { call, store, parts },
) => {
  const { principal } = call;
  if (principal.session) throw accessDenied('Cannot call GetSessionToken with session credentials');
  if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
    throw validationError('Longshore does not support MFA devices yet.');
  }
  const { longestUserSeconds, defaultUserSeconds, rootSeconds } = sessionLimits;
  const asked = sessionSeconds(input.DurationSeconds, { longest: longestUserSeconds, standard: defaultUserSeconds });
  if (typeof asked === 'string') throw validationError(asked);
  const root = isRoot(principal);
  const issuedAt = call.receivedAt;
  const expiresAt = issuedAt + (root ? Math.min(asked, rootSeconds) : asked) * 1000;
  const keys = store.view((reader) =>
    parts.tokens.issue(sealKeyOf(reader), {
      accountId: principal.accountId,
      arn: principal.arn,
      userId: principal.userId,
      session: { issuedAt, expiresAt, ...(!root && { user: { arn: principal.arn, id: principal.userId } }) },
    }),
  );
  return { Credentials: credentialsView(keys, expiresAt) };
};
