/** The records of IAM; private to this folder. IAM is global: a record belongs to an account and to no region. */
import type { Instant } from '../../core/instant.ts';
import { table } from '../../store/table.ts';

export interface IamTag {
  readonly Key: string;
  readonly Value: string;
}

/** What users, groups and roles have in common: a name, a path, and policies of both kinds. */
export interface IdentityRecord {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  /** Such as AIDA…: never given twice, unlike the name. */
  readonly id: string;
  readonly createdAt: Instant;
  readonly inlinePolicies: readonly InlinePolicy[];
  readonly attachedPolicyArns: readonly string[];
}

export interface InlinePolicy {
  readonly name: string;
  readonly document: string;
}

export interface UserRecord extends IdentityRecord {
  readonly tags: readonly IamTag[];
  readonly boundaryArn?: string;
  readonly groups: readonly string[];
}

export type GroupRecord = IdentityRecord;

export interface RoleRecord extends IdentityRecord {
  readonly trustPolicy: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  readonly tags: readonly IamTag[];
  readonly boundaryArn?: string;
  /** The service it is linked to, such as ecs.amazonaws.com. */
  readonly linkedService?: string;
}

export interface AccessKeyRecord {
  readonly accountId: string;
  readonly userName: string;
  readonly accessKeyId: string;
  /** As it is: a signature can only be checked with the secret itself. The data directory is its owner's alone. */
  readonly secretAccessKey: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAt: Instant;
}

/** A customer's managed policy. */
export interface PolicyRecord {
  readonly accountId: string;
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly description?: string;
  readonly tags: readonly IamTag[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly versions: readonly PolicyVersionRecord[];
  readonly defaultVersionId: string;
  /** Numbers are given once. */
  readonly latestVersion: number;
}

export interface PolicyVersionRecord {
  readonly versionId: string;
  readonly document: string;
  readonly createdAt: Instant;
}

export interface InstanceProfileRecord {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: Instant;
  readonly roleName?: string;
  readonly tags: readonly IamTag[];
}

export interface OidcProviderRecord {
  readonly accountId: string;
  readonly arn: string;
  /** Without its scheme. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly tags: readonly IamTag[];
  readonly createdAt: Instant;
}

export interface AccountAliasRecord {
  readonly accountId: string;
  readonly alias: string;
}

/** Names are unique in an account whatever their case, and kept as they were written. */
export function nameKey(accountId: string, name: string): string {
  return `${accountId}/${name.toLowerCase()}`;
}

interface Named {
  readonly accountId: string;
  readonly name: string;
}
const byName = ({ accountId, name }: Named): string => nameKey(accountId, name);
const byAccount = ({ accountId }: { readonly accountId: string }): string => accountId;
const byAttached = ({ accountId, attachedPolicyArns }: IdentityRecord): readonly string[] =>
  attachedPolicyArns.map((arn) => `${accountId}/${arn}`);
const byBoundary = ({ accountId, boundaryArn }: UserRecord | RoleRecord): string | undefined =>
  boundaryArn === undefined ? undefined : `${accountId}/${boundaryArn}`;

export const users = table<UserRecord>()({
  name: 'iam.users',
  key: byName,
  indexes: {
    account: byAccount,
    group: ({ accountId, groups: names }) => names.map((name) => nameKey(accountId, name)),
    attached: byAttached,
    boundary: byBoundary,
  },
});

export const groups = table<GroupRecord>()({
  name: 'iam.groups',
  key: byName,
  indexes: { account: byAccount, attached: byAttached },
});

export const roles = table<RoleRecord>()({
  name: 'iam.roles',
  key: byName,
  indexes: { account: byAccount, attached: byAttached, boundary: byBoundary },
});

export const accessKeys = table<AccessKeyRecord>()({
  name: 'iam.access-keys',
  key: ({ accessKeyId }) => accessKeyId,
  indexes: { user: ({ accountId, userName }) => nameKey(accountId, userName) },
});

export const policies = table<PolicyRecord>()({
  name: 'iam.policies',
  key: ({ arn }) => arn,
  indexes: { account: byAccount, name: byName },
});

export const instanceProfiles = table<InstanceProfileRecord>()({
  name: 'iam.instance-profiles',
  key: byName,
  indexes: {
    account: byAccount,
    role: ({ accountId, roleName }) => (roleName === undefined ? undefined : nameKey(accountId, roleName)),
  },
});

export const oidcProviders = table<OidcProviderRecord>()({
  name: 'iam.oidc-providers',
  key: ({ arn }) => arn,
  indexes: { account: byAccount },
});

export const accountAliases = table<AccountAliasRecord>()({
  name: 'iam.account-aliases',
  key: byAccount,
  indexes: {},
});
