import { asUuid, hex } from '../../../core/hex.ts';
import type { RoleCredentials } from '../../../agent/contract.ts';
import type { Reader } from '../../../store/store.ts';
import type { Clock, Hash } from '../../../world/world.ts';
import { issueRoleSession, sealKeyOf, type SessionTokens } from '../../sts/public.ts';
import { limits } from '../rules/limits.ts';
import type { TaskRecord } from '../tables.ts';
import { assumableRole } from '../task-roles.ts';

/**
 * Who gives tasks the credentials of their roles. An instance is given those of its own tasks and no others: with the
 * stock protocol an agent may ask for the credentials of all it runs, so what it runs is the limit of what it can take.
 */
export interface TaskCredentials {
  /** Undefined when the role cannot be assumed (any more). Writes nothing. */
  issue(reader: Reader, request: TaskCredentialsRequest): IssuedCredentials | undefined;
}

export interface TaskCredentialsRequest {
  readonly task: TaskRecord;
  readonly roleArn: string;
  readonly roleType: 'TaskApplication' | 'TaskExecution';
}

export interface IssuedCredentials {
  readonly credentials: RoleCredentials;
  /** When they are to be replaced by others: long before they expire. */
  readonly renewAt: number;
}

/** Sessions of the roles, named after the task. They end with the task, whatever time they have left. */
export function createTaskCredentials(parts: {
  readonly clock: Clock;
  readonly hash: Hash;
  readonly tokens: SessionTokens;
}): TaskCredentials {
  return {
    issue(reader, { task, roleArn, roleType }) {
      const role = assumableRole(reader, task, roleArn, task.arn);
      if (!role) return undefined;
      const issuedAt = parts.clock.now();
      const expiresAt = issuedAt + limits.taskCredentialsMs;
      const keys = issueRoleSession(reader, parts.tokens, role, {
        accountId: task.accountId,
        sessionName: task.id,
        session: { issuedAt, expiresAt, task: task.arn },
      });
      const credentials = {
        credentialsId: credentialsId(parts.hash, sealKeyOf(reader), `${task.arn}/${roleType}`),
        roleArn: role.arn,
        accessKeyId: keys.accessKeyId,
        secretAccessKey: keys.secretAccessKey,
        sessionToken: keys.sessionToken,
        expiration: new Date(expiresAt).toISOString(),
      };
      return { credentials, renewAt: expiresAt - limits.taskCredentialsMs / 4 };
    },
  };
}

/**
 * The id under which a container fetches its credentials: a container keeps it for life, so it is the same each time,
 * and nobody without the key can know it.
 */
function credentialsId(hash: Hash, sealKey: string, of: string): string {
  return asUuid(hex(hash.hmacSha256(sealKey, `longshore/credentials-id/${of}`).subarray(0, 16)));
}

/** For a composition without STS: no role can be assumed. */
export const noTaskCredentials: TaskCredentials = { issue: () => undefined };
