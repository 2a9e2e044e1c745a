import type { AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { findOidcProvider, findRole, type RoleView, trustsWebIdentity } from '../../iam/public.ts';
import { accessDenied, invalidIdentityToken, validationError } from '../errors.ts';
import type { StsParts } from '../parts.ts';
import { issueRoleSession } from '../public.ts';
import { sessionLimits, sessionNameProblem, sessionSeconds } from '../rules/session-request.ts';
import { credentialsView } from '../session-answer.ts';
import { sessionLayers } from '../session-policies.ts';
import { readToken, verifyToken, type WebIdentity } from '../web-identity.ts';

/**
 * Keys of a role for whoever holds a token of an identity provider that the account knows. The request is not signed: the
 * token, and what the role's trust policy says of its claims, are all that speaks for the caller.
 */
export const assumeRoleWithWebIdentity: Operation<
  AssumeRoleWithWebIdentityRequest,
  AssumeRoleWithWebIdentityResponse,
  StsParts
> = async (input, { call, store, parts }) => {
  const accountId = /^arn:aws:iam::(\d{12}):role\/.+$/.exec(input.RoleArn)?.[1];
  if (accountId === undefined) throw validationError(`${input.RoleArn} is invalid`);
  const name = sessionNameProblem(input.RoleSessionName, 'roleSessionName');
  if (name !== undefined) throw validationError(name);
  const token = readToken(input.WebIdentityToken);
  const { identity } = token;
  const url = identity.issuer.replace(/^https:\/\//, '');
  store.view((reader) => checkProvider(reader, accountId, identity, url));
  await verifyToken(token, { hash: parts.hash, fetchJson: parts.fetchJson, now: call.receivedAt });
  return store.view((reader) => {
    const provider = checkProvider(reader, accountId, identity, url);
    const role = findRole(reader, accountId, input.RoleArn);
    const claims = conditionsOf(identity, url, input.RoleSessionName);
    if (!role || !trustsWebIdentity(role, accountId, provider.arn, claims)) {
      throw accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity');
    }
    const expiresAt = call.receivedAt + secondsOf(input.DurationSeconds, role) * 1000;
    const layers = sessionLayers(reader, input);
    const keys = issueRoleSession(reader, parts.tokens, role, {
      accountId,
      sessionName: input.RoleSessionName,
      session: { issuedAt: call.receivedAt, expiresAt, ...layers.session, federatedProvider: provider.arn },
    });
    return {
      Credentials: credentialsView(keys, expiresAt),
      SubjectFromWebIdentityToken: identity.subject,
      AssumedRoleUser: { AssumedRoleId: keys.assumedRoleId, Arn: keys.arn },
      ...(layers.packedPolicySize !== undefined && { PackedPolicySize: layers.packedPolicySize }),
      Provider: identity.issuer,
      Audience: provider.audience,
    };
  });
};

function checkProvider(
  reader: Reader,
  accountId: string,
  { issuer, audiences }: WebIdentity,
  url: string,
): { readonly arn: string; readonly audience: string } {
  const provider = issuer.startsWith('https://') ? findOidcProvider(reader, accountId, url) : undefined;
  if (!provider) throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer}`);
  const audience = audiences.find((one) => provider.clientIds.includes(one));
  if (audience === undefined) throw invalidIdentityToken('Incorrect token audience');
  return { arn: provider.arn, audience };
}

/** Claims are condition keys behind the provider's URL, such as token.example.com:sub. */
function conditionsOf(
  { claims, subject, audiences }: WebIdentity,
  url: string,
  sessionName: string,
): Readonly<Record<string, string | readonly string[]>> {
  const conditions: Record<string, string | readonly string[]> = { 'sts:RoleSessionName': sessionName };
  for (const [claim, value] of Object.entries(claims)) {
    if (typeof value === 'string') conditions[`${url}:${claim}`] = value;
    else if (Array.isArray(value)) conditions[`${url}:${claim}`] = value.filter((one) => typeof one === 'string');
  }
  return { ...conditions, [`${url}:sub`]: subject, [`${url}:aud`]: audiences };
}

function secondsOf(asked: number | undefined, role: RoleView): number {
  const { longestRoleSeconds, defaultRoleSeconds } = sessionLimits;
  const seconds = sessionSeconds(asked, { longest: longestRoleSeconds, standard: defaultRoleSeconds });
  if (typeof seconds === 'string') throw validationError(seconds);
  if (seconds <= role.maxSessionSeconds) return seconds;
  throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
}
