/** Users, groups and roles: finding them, and the policies that all three have. */
import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { findAwsManagedPolicy } from './aws-managed-policies.ts';
import { checkName, checkPolicy } from './checks.ts';
import { deleteConflict, limitExceeded, noSuchEntity, notAttachable, unmodifiable, validationError } from './errors.ts';
import { nameIn } from './principal-policies.ts';
import { limits } from './rules/limits.ts';
import { policySize } from './rules/validate-policy.ts';
import {
  type GroupRecord,
  groups,
  type IdentityRecord,
  nameKey,
  policies,
  type RoleRecord,
  roles,
  type UserRecord,
  users,
} from './tables.ts';

export type IdentityKind = 'user' | 'group' | 'role';

type Asking = Pick<Call, 'accountId'>;

export function findUser(reader: Reader, { accountId }: Asking, name: string): UserRecord {
  const user = reader.get(users, nameKey(accountId, name));
  if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

export function findGroup(reader: Reader, { accountId }: Asking, name: string): GroupRecord {
  const group = reader.get(groups, nameKey(accountId, name));
  if (!group) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return group;
}

export function findRole(reader: Reader, { accountId }: Asking, name: string): RoleRecord {
  const role = reader.get(roles, nameKey(accountId, name));
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

/** A role that its owner may change: one that is linked to a service is that service's. */
export function changeableRole(reader: Reader, call: Asking, name: string): RoleRecord {
  const role = findRole(reader, call, name);
  if (role.linkedService === undefined) return role;
  throw unmodifiable(
    `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
  );
}

/** The user named, or the one who asks. */
export function userNameOf(call: Call, name: string | undefined): string {
  if (name !== undefined) return name;
  const isUser = call.principal.arn.startsWith(`arn:aws:iam::${call.accountId}:user/`);
  if (!isUser) throw validationError('Must specify userName when calling with non-User credentials');
  return nameIn(call.principal.arn);
}

export function withInlinePolicy<R extends IdentityRecord>(
  record: R,
  kind: IdentityKind,
  name: string,
  document: string,
): R {
  checkName(name, 'policyName');
  checkPolicy(document, 'identity');
  const inlinePolicies = [...record.inlinePolicies.filter((one) => one.name !== name), { name, document }];
  const size = inlinePolicies.reduce((sum, one) => sum + policySize(one.document), 0);
  const limit = limits.inlinePolicySize[kind];
  if (size > limit)
    throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${kind} ${record.name}`, limit);
  return { ...record, inlinePolicies };
}

export function inlinePolicyOf(record: IdentityRecord, kind: IdentityKind, name: string): string {
  const found = record.inlinePolicies.find((one) => one.name === name);
  if (!found) throw noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);
  return found.document;
}

export function withoutInlinePolicy<R extends IdentityRecord>(record: R, kind: IdentityKind, name: string): R {
  inlinePolicyOf(record, kind, name);
  return { ...record, inlinePolicies: record.inlinePolicies.filter((one) => one.name !== name) };
}

const attachedQuotas = { user: 'PoliciesPerUser', group: 'PoliciesPerGroup', role: 'PoliciesPerRole' } as const;

export function withAttachedPolicy<R extends IdentityRecord>(
  reader: Reader,
  record: R,
  kind: IdentityKind,
  policyArn: string,
): R {
  checkAttachable(reader, record, policyArn);
  if (record.attachedPolicyArns.includes(policyArn)) return record;
  if (record.attachedPolicyArns.length >= limits.attachedPolicies) {
    throw limitExceeded(attachedQuotas[kind], limits.attachedPolicies);
  }
  return { ...record, attachedPolicyArns: [...record.attachedPolicyArns, policyArn] };
}

export function withoutAttachedPolicy<R extends IdentityRecord>(record: R, policyArn: string): R {
  if (!record.attachedPolicyArns.includes(policyArn)) throw noSuchEntity(`Policy ${policyArn} was not found.`);
  return { ...record, attachedPolicyArns: record.attachedPolicyArns.filter((arn) => arn !== policyArn) };
}

/** Throws unless there is such a policy that may be put on what is the account's own. */
export function checkAttachable(reader: Reader, { accountId }: Asking, policyArn: string): void {
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/.+$/.test(policyArn)) {
    throw validationError(`Invalid ARN:  Could not be parsed!`);
  }
  const own = reader.get(policies, policyArn);
  const aws = findAwsManagedPolicy(policyArn);
  if (aws?.path.startsWith('/aws-service-role/')) {
    throw notAttachable('Cannot attach a Service Role Policy to a Customer Role.');
  }
  if (!aws && own?.accountId !== accountId) {
    throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`);
  }
}

/** What must be gone before a user, group or role can go. */
export function checkWithoutPolicies(record: IdentityRecord): void {
  if (record.attachedPolicyArns.length > 0)
    throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (record.inlinePolicies.length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
}

/** Everybody of the account that a policy is attached to, or is the boundary of. */
export function holdersOf(
  reader: Reader,
  accountId: string,
  policyArn: string,
): {
  readonly users: readonly UserRecord[];
  readonly groups: readonly GroupRecord[];
  readonly roles: readonly RoleRecord[];
  readonly bounded: readonly (UserRecord | RoleRecord)[];
} {
  const key = `${accountId}/${policyArn}`;
  return {
    users: [...reader.find(users, 'attached', key)],
    groups: [...reader.find(groups, 'attached', key)],
    roles: [...reader.find(roles, 'attached', key)],
    bounded: [...reader.find(users, 'boundary', key), ...reader.find(roles, 'boundary', key)],
  };
}
