import { assert } from '../../core/assert.ts';
import type { Reader } from '../../store/store.ts';
import type { RoleView } from '../iam/public.ts';
import { findAccessKey, isUser } from '../iam/public.ts';
import type { AccessKey } from '../../aws/access-keys.ts';
import type { Session } from '../../aws/session.ts';
import { formatArn } from '../../core/arn.ts';
import type { SessionTokens, TemporaryKeys } from './session-tokens.ts';
import { tokenKeys } from './tables.ts';

export type { FetchJson } from './web-identity.ts';
export { createSessionTokens, type SessionTokens, type TemporaryKeys } from './session-tokens.ts';

/** Keys of a session of the role. The caller has asked the role's trust policy. */
export function issueRoleSession(
  reader: Reader,
  tokens: SessionTokens,
  role: Pick<RoleView, 'arn' | 'id' | 'name'>,
  asked: { readonly accountId: string; readonly sessionName: string; readonly session: Omit<Session, 'role'> },
): TemporaryKeys & { readonly arn: string; readonly assumedRoleId: string } {
  const { accountId, sessionName, session } = asked;
  const arn = formatArn({
    service: 'sts',
    region: '',
    accountId,
    resource: `assumed-role/${role.name}/${sessionName}`,
  });
  const assumedRoleId = `${role.id}:${sessionName}`;
  const identity = {
    accountId,
    arn,
    userId: assumedRoleId,
    session: { ...session, role: { arn: role.arn, id: role.id } },
  };
  return { ...tokens.issue(sealKeyOf(reader), identity), arn, assumedRoleId };
}

/**
 * The holder of an access key: a user, or with a session token a session. `isOver` tells of sessions that have ended
 * before their time (those of tasks that have stopped).
 */
export function findKey(
  reader: Reader,
  tokens: SessionTokens,
  accessKeyId: string,
  sessionToken: string | undefined,
  isOver: (session: Session) => boolean,
): AccessKey | undefined {
  if (sessionToken === undefined) return findAccessKey(reader, accessKeyId);
  const opened = tokens.read(sealKeyOf(reader), accessKeyId, sessionToken);
  if (!opened || isOver(opened.session)) return undefined;
  const { accountId, arn, userId, session, secretAccessKey } = opened;
  if (session.user && !isUser(reader, accountId, session.user.arn, session.user.id)) return undefined;
  return {
    secretAccessKey,
    principal: { arn, accountId, accessKeyId, userId, session },
    expiresAt: session.expiresAt,
  };
}

/** Made when the account is set up, before anybody can ask. */
export function sealKeyOf(reader: Reader): string {
  const key = reader.get(tokenKeys, 'current');
  assert(key, 'the key of session tokens has been made');
  return key.secret;
}
