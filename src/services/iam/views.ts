/** Records as IAM's answers show them. */
import type { AttachedPolicy, Group, InstanceProfile, Policy, PolicyVersion, Role, User } from '@aws-sdk/client-iam';
import type { Answer } from '../../aws/operation.ts';
import { toDate } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { iamArn } from './arns.ts';
import { type AwsManagedPolicy, findAwsManagedPolicy } from './aws-managed-policies.ts';
import { holdersOf } from './identities.ts';
import { nameIn } from './principal-policies.ts';
import {
  type GroupRecord,
  type InstanceProfileRecord,
  nameKey,
  type PolicyRecord,
  type PolicyVersionRecord,
  type RoleRecord,
  roles,
  type UserRecord,
} from './tables.ts';

/** As RFC 3986 encodes: AWS's answers carry policies so, and clients decode them. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Listings leave tags and boundaries out. */
export function userView(user: UserRecord, detail: 'listed' | 'whole'): Answer<User> {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: iamArn('user', user),
    CreateDate: toDate(user.createdAt),
    ...(detail === 'whole' && { ...boundaryView(user.boundaryArn), ...tagsView(user.tags) }),
  };
}

export function groupView(group: GroupRecord): Answer<Group> {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: iamArn('group', group),
    CreateDate: toDate(group.createdAt),
  };
}

export function roleView(role: RoleRecord, detail: 'listed' | 'whole'): Answer<Role> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: iamArn('role', role),
    CreateDate: toDate(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...(detail === 'whole' && { ...boundaryView(role.boundaryArn), ...tagsView(role.tags), RoleLastUsed: {} }),
  };
}

export function profileView(reader: Reader, profile: InstanceProfileRecord): Answer<InstanceProfile> {
  const role =
    profile.roleName === undefined ? undefined : reader.get(roles, nameKey(profile.accountId, profile.roleName));
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: iamArn('instance-profile', profile),
    CreateDate: toDate(profile.createdAt),
    Roles: role ? [roleView(role, 'listed')] : [],
    ...tagsView(profile.tags),
  };
}

export function policyView(reader: Reader, policy: PolicyRecord, detail: 'listed' | 'whole'): Answer<Policy> {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    ...attachmentView(reader, policy.accountId, policy.arn),
    IsAttachable: true,
    CreateDate: toDate(policy.createdAt),
    UpdateDate: toDate(policy.updatedAt),
    ...(detail === 'whole' && {
      ...(policy.description !== undefined && { Description: policy.description }),
      ...tagsView(policy.tags),
    }),
  };
}

export function awsPolicyView(
  reader: Reader,
  accountId: string,
  policy: AwsManagedPolicy,
  detail: 'listed' | 'whole',
): Answer<Policy> {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    ...attachmentView(reader, accountId, policy.arn),
    IsAttachable: true,
    CreateDate: toDate(awsPoliciesSince),
    UpdateDate: toDate(awsPoliciesSince),
    ...(detail === 'whole' && { Description: policy.description, Tags: [] }),
  };
}

/** When most of AWS's policies were made. */
export const awsPoliciesSince = Date.UTC(2015, 1, 6, 18, 40);

export function versionView(
  version: Pick<PolicyVersionRecord, 'versionId' | 'document' | 'createdAt'>,
  isDefault: boolean,
  detail: 'listed' | 'whole',
): Answer<PolicyVersion> {
  return {
    ...(detail === 'whole' && { Document: encodeDocument(version.document) }),
    VersionId: version.versionId,
    IsDefaultVersion: isDefault,
    CreateDate: toDate(version.createdAt),
  };
}

export function attachedView(policyArn: string): Answer<AttachedPolicy> {
  return { PolicyName: findAwsManagedPolicy(policyArn)?.name ?? nameIn(policyArn), PolicyArn: policyArn };
}

function attachmentView(
  reader: Reader,
  accountId: string,
  policyArn: string,
): { readonly AttachmentCount: number; readonly PermissionsBoundaryUsageCount: number } {
  const { users, groups, roles: attached, bounded } = holdersOf(reader, accountId, policyArn);
  return {
    AttachmentCount: users.length + groups.length + attached.length,
    PermissionsBoundaryUsageCount: bounded.length,
  };
}

function boundaryView(arn: string | undefined): Pick<Answer<Role>, 'PermissionsBoundary'> {
  if (arn === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: arn } };
}

function tagsView(tags: readonly { readonly Key: string; readonly Value: string }[]): Pick<Answer<Role>, 'Tags'> {
  return tags.length > 0 ? { Tags: tags } : {};
}
