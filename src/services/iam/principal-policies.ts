import type { Principal } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { findAwsManagedPolicy } from './aws-managed-policies.ts';
import type { CompiledPolicies } from './compiled-policies.ts';
import type { Policies } from './rules/evaluate.ts';
import type { Caller } from './rules/principals.ts';
import {
  groups,
  type IdentityRecord,
  type IamTag,
  nameKey,
  policies,
  type RoleRecord,
  roles,
  type UserRecord,
  users,
} from './tables.ts';

/** Everything that policies say of a principal, and what conditions may ask of it. */
export interface PrincipalPolicies {
  readonly caller: Caller;
  readonly policies: Pick<Policies, 'identity' | 'boundary' | 'session'>;
  readonly tags: Readonly<Record<string, string>>;
  /** Of users only. */
  readonly userName?: string;
}

/** Reads of now: a policy put a moment ago binds the next request. */
export function policiesOf(reader: Reader, principal: Principal, compiled: CompiledPolicies): PrincipalPolicies {
  const { accountId, arn, session } = principal;
  if (arn.endsWith(':root')) return { caller: { kind: 'root', accountId, arn }, policies: { identity: [] }, tags: {} };
  const sessionPolicies = sessionLayer(reader, principal, compiled);
  if (session?.role) {
    const role = reader.get(roles, nameKey(accountId, nameIn(session.role.arn)));
    // Made anew under the old name it is another role: sessions of the one that is gone may nothing.
    const own = role?.id === session.role.id ? role : undefined;
    return {
      caller: { kind: 'role-session', accountId, arn, roleArn: session.role.arn },
      policies: { ...identityLayers(reader, own, compiled), ...sessionPolicies },
      tags: { ...tagValues(own?.tags), ...session.tags },
    };
  }
  const userArn = session?.user?.arn ?? arn;
  const user = reader.get(users, nameKey(accountId, nameIn(userArn)));
  const own = user && (session?.user === undefined || session.user.id === user.id) ? user : undefined;
  const caller: Caller = session?.isFederated
    ? { kind: 'federated-user', accountId, arn, userArn }
    : { kind: 'user', accountId, arn };
  return {
    caller,
    policies: { ...identityLayers(reader, own, compiled, own?.groups), ...sessionPolicies },
    tags: { ...tagValues(own?.tags), ...session?.tags },
    ...(own && !session?.isFederated ? { userName: own.name } : {}),
  };
}

/** The text of a managed policy's default version, the account's own or one of AWS's. */
export function managedPolicyText(reader: Reader, arn: string): string | undefined {
  const own = reader.get(policies, arn);
  if (!own) return findAwsManagedPolicy(arn)?.document;
  return own.versions.find(({ versionId }) => versionId === own.defaultVersionId)?.document;
}

export function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

export function tagValues(tags: readonly IamTag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

function identityLayers(
  reader: Reader,
  record: UserRecord | RoleRecord | undefined,
  compiled: CompiledPolicies,
  groupNames: readonly string[] = [],
): Pick<Policies, 'identity' | 'boundary'> {
  if (!record) return { identity: [] };
  const texts = policyTexts(reader, record);
  for (const name of groupNames) {
    const group = reader.get(groups, nameKey(record.accountId, name));
    if (group) texts.push(...policyTexts(reader, group));
  }
  const boundary = record.boundaryArn === undefined ? undefined : managedPolicyText(reader, record.boundaryArn);
  return {
    identity: texts.map((text) => compiled.of(text)),
    // A boundary that is gone allows nothing, as the empty text does.
    ...(record.boundaryArn === undefined ? {} : { boundary: compiled.of(boundary ?? '') }),
  };
}

export function policyTexts(reader: Reader, record: IdentityRecord): string[] {
  const texts = record.inlinePolicies.map(({ document }) => document);
  for (const arn of record.attachedPolicyArns) {
    const text = managedPolicyText(reader, arn);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** Absent where the session was made without policies: it may then all that its role may. */
function sessionLayer(reader: Reader, { session }: Principal, compiled: CompiledPolicies): Pick<Policies, 'session'> {
  if (!session) return {};
  const texts = [...(session.policies ?? [])];
  for (const arn of session.policyArns ?? []) texts.push(managedPolicyText(reader, arn) ?? '');
  // A federated user without a policy of its own may nothing.
  if (texts.length === 0) return session.isFederated ? { session: [] } : {};
  return { session: texts.map((text) => compiled.of(text)) };
}
