import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import type { Call, Operation, Parsed } from '../../../aws/operation.ts';
import type { Session } from '../../../aws/session.ts';
import { isRoot } from '../../../aws/steps/authorize.ts';
import { findRole, type RoleView } from '../../iam/public.ts';
import { accessDenied, constraintBroken, validationError } from '../errors.ts';
import type { StsParts } from '../parts.ts';
import { issueRoleSession } from '../public.ts';
import { sessionLimits, sessionNameProblem, sessionSeconds } from '../rules/session-request.ts';
import { credentialsView } from '../session-answer.ts';
import { sessionLayers } from '../session-policies.ts';

/** Keys of a session of a role. Whether the caller may have them, the role's trust policy has said in the gateway. */
export const assumeRole: Operation<AssumeRoleRequest, AssumeRoleResponse, StsParts> = (
  input,
  { call, store, parts },
) => {
  if (isRoot(call.principal)) throw accessDenied('Roles may not be assumed by root accounts.');
  check(input);
  return store.view((reader) => {
    const role = findRole(reader, call.accountId, input.RoleArn);
    if (!role) throw notAuthorized(call, input.RoleArn);
    const seconds = secondsOf(input.DurationSeconds, role, call);
    const layers = sessionLayers(reader, input);
    const issuedAt = call.receivedAt;
    const expiresAt = issuedAt + seconds * 1000;
    const session = { issuedAt, expiresAt, ...layers.session, ...inherited(input, call, layers.session.tags) };
    const keys = issueRoleSession(reader, parts.tokens, role, {
      accountId: call.accountId,
      sessionName: input.RoleSessionName,
      session,
    });
    return {
      Credentials: credentialsView(keys, expiresAt),
      AssumedRoleUser: { AssumedRoleId: keys.assumedRoleId, Arn: keys.arn },
      ...(layers.packedPolicySize !== undefined && { PackedPolicySize: layers.packedPolicySize }),
      ...(session.sourceIdentity !== undefined && { SourceIdentity: session.sourceIdentity }),
    };
  });
};

/** AWS says the same of a role that is not there as of one that does not trust the caller. */
export function notAuthorized(call: Call, roleArn: string): ReturnType<typeof accessDenied> {
  return accessDenied(
    `User: ${call.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  );
}

function check(input: Parsed<AssumeRoleRequest>): void {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(input.RoleArn)) {
    throw validationError(`${input.RoleArn} is invalid`);
  }
  const name = sessionNameProblem(input.RoleSessionName, 'roleSessionName');
  if (name !== undefined) throw validationError(name);
  const source =
    input.SourceIdentity === undefined ? undefined : sessionNameProblem(input.SourceIdentity, 'sourceIdentity');
  if (source !== undefined) throw validationError(source);
  if (input.ExternalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(input.ExternalId)) {
    throw constraintBroken(
      input.ExternalId,
      'externalId',
      'Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*',
    );
  }
  if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
    throw validationError('Longshore does not support MFA devices yet.');
  }
}

function secondsOf(asked: number | undefined, role: RoleView, { principal }: Call): number {
  const { longestRoleSeconds, defaultRoleSeconds, chainedSeconds } = sessionLimits;
  const seconds = sessionSeconds(asked, { longest: longestRoleSeconds, standard: defaultRoleSeconds });
  if (typeof seconds === 'string') throw validationError(seconds);
  if (principal.session?.role && seconds > chainedSeconds) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return seconds;
}

/** What goes on from session to session: transitive tags, and for good the source identity. */
function inherited(
  input: Parsed<AssumeRoleRequest>,
  { principal }: Call,
  tags: Session['tags'] = {},
): Pick<Session, 'tags' | 'transitiveTagKeys' | 'sourceIdentity'> {
  const before = principal.session;
  const transitive = before?.transitiveTagKeys ?? [];
  const carried = Object.fromEntries(transitive.map((key) => [key, before?.tags?.[key] ?? '']));
  if (transitive.some((key) => Object.hasOwn(tags, key))) {
    throw validationError(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const unknown = input.TransitiveTagKeys?.find((key) => !Object.hasOwn(tags, key));
  if (unknown !== undefined)
    throw validationError(`The specified transitive tag key must be included in the requested tags.`);
  const sourceIdentity = before?.sourceIdentity ?? input.SourceIdentity;
  if (
    before?.sourceIdentity !== undefined &&
    input.SourceIdentity !== undefined &&
    input.SourceIdentity !== before.sourceIdentity
  ) {
    throw accessDenied('The source identity of a session cannot be changed.');
  }
  const keys = [...transitive, ...(input.TransitiveTagKeys ?? [])];
  const all = { ...tags, ...carried };
  return {
    ...(Object.keys(all).length > 0 && { tags: all }),
    ...(keys.length > 0 && { transitiveTagKeys: keys }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}
