/** What IAM's own operations ask of IAM: the users, groups, roles, policies and profiles that they touch. */
import type { ConditionValues, Permission, Permissions } from '../../aws/permission.ts';
import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { iamArn } from './arns.ts';
import { nameIn } from './principal-policies.ts';
import { groups, type IamTag, instanceProfiles, nameKey, oidcProviders, policies, roles, users } from './tables.ts';

/** The members of IAM's requests that say what they are about; each operation has some of them. */
interface Asked {
  readonly UserName?: string;
  readonly GroupName?: string;
  readonly RoleName?: string;
  readonly InstanceProfileName?: string;
  readonly PolicyName?: string;
  readonly PolicyArn?: string;
  readonly PolicySourceArn?: string;
  readonly OpenIDConnectProviderArn?: string;
  readonly Url?: string;
  readonly Path?: string;
  readonly AWSServiceName?: string;
  readonly CustomSuffix?: string;
  readonly PermissionsBoundary?: string;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly TagKeys?: readonly string[];
}

type About = 'user' | 'group' | 'role' | 'instance-profile' | 'policy' | 'oidc-provider' | 'linked-role' | 'source';

/** By what they are about; what is not named here has no resource types, as ListRoles. */
const operationsAbout: Readonly<Record<About, readonly string[]>> = {
  user: [
    'AddUserToGroup',
    'AttachUserPolicy',
    'CreateAccessKey',
    'CreateUser',
    'DeleteAccessKey',
    'DeleteUser',
    'DeleteUserPermissionsBoundary',
    'DeleteUserPolicy',
    'DetachUserPolicy',
    'DeleteLoginProfile',
    'GetLoginProfile',
    'GetUser',
    'GetUserPolicy',
    'ListAccessKeys',
    'ListAttachedUserPolicies',
    'ListGroupsForUser',
    'ListMFADevices',
    'ListSSHPublicKeys',
    'ListServiceSpecificCredentials',
    'ListSigningCertificates',
    'ListUserPolicies',
    'ListUserTags',
    'PutUserPermissionsBoundary',
    'PutUserPolicy',
    'TagUser',
    'UntagUser',
    'UpdateAccessKey',
    'UpdateUser',
  ],
  group: [
    'AttachGroupPolicy',
    'CreateGroup',
    'DeleteGroup',
    'DeleteGroupPolicy',
    'DetachGroupPolicy',
    'GetGroup',
    'GetGroupPolicy',
    'ListAttachedGroupPolicies',
    'ListGroupPolicies',
    'PutGroupPolicy',
    'RemoveUserFromGroup',
    'UpdateGroup',
  ],
  role: [
    'AttachRolePolicy',
    'CreateRole',
    'DeleteRole',
    'DeleteRolePermissionsBoundary',
    'DeleteRolePolicy',
    'DeleteServiceLinkedRole',
    'DetachRolePolicy',
    'GetRole',
    'GetRolePolicy',
    'ListAttachedRolePolicies',
    'ListInstanceProfilesForRole',
    'ListRolePolicies',
    'ListRoleTags',
    'PutRolePermissionsBoundary',
    'PutRolePolicy',
    'TagRole',
    'UntagRole',
    'UpdateAssumeRolePolicy',
    'UpdateRole',
    'UpdateRoleDescription',
  ],
  'instance-profile': [
    'AddRoleToInstanceProfile',
    'CreateInstanceProfile',
    'DeleteInstanceProfile',
    'GetInstanceProfile',
    'ListInstanceProfileTags',
    'RemoveRoleFromInstanceProfile',
    'TagInstanceProfile',
    'UntagInstanceProfile',
  ],
  policy: [
    'CreatePolicy',
    'CreatePolicyVersion',
    'DeletePolicy',
    'DeletePolicyVersion',
    'GetPolicy',
    'GetPolicyVersion',
    'ListEntitiesForPolicy',
    'ListPolicyTags',
    'ListPolicyVersions',
    'SetDefaultPolicyVersion',
    'TagPolicy',
    'UntagPolicy',
  ],
  'oidc-provider': [
    'AddClientIDToOpenIDConnectProvider',
    'CreateOpenIDConnectProvider',
    'DeleteOpenIDConnectProvider',
    'GetOpenIDConnectProvider',
    'ListOpenIDConnectProviderTags',
    'RemoveClientIDFromOpenIDConnectProvider',
    'TagOpenIDConnectProvider',
    'UntagOpenIDConnectProvider',
    'UpdateOpenIDConnectProviderThumbprint',
  ],
  'linked-role': ['CreateServiceLinkedRole'],
  source: ['SimulatePrincipalPolicy'],
};

export const iamPermissions: Readonly<Record<string, Permissions<never>>> = Object.fromEntries(
  Object.entries(operationsAbout).flatMap(
    ([about, names]) => names.map((name) => [name, permissionsOf(name, about as About)] as const), // the keys of the table above
  ),
);

function permissionsOf(operation: string, about: About): Permissions<Asked> {
  return (input, { call, reader }) => {
    const touched = resourceOf(about, input, call, reader);
    const conditions = conditionsOf(operation, input, touched.tags);
    const own: Permission = { action: `iam:${operation}`, resources: [touched.arn], conditions };
    if (operation !== 'AddRoleToInstanceProfile' || input.RoleName === undefined) return [own];
    // Whoever may start instances with the profile gets the role: to put it there is to pass it.
    const role = resourceOf('role', input, call, reader);
    return [
      own,
      { action: 'iam:PassRole', resources: [role.arn], conditions: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    ];
  };
}

interface Touched {
  readonly arn: string;
  readonly tags: readonly IamTag[];
}

/** By the path that it has where it is there already, as its ARN says it. */
function resourceOf(about: About, input: Asked, call: Call, reader: Reader): Touched {
  const { accountId } = call;
  const path = input.Path ?? '/';
  const of = (kind: Parameters<typeof iamArn>[0], name: string, found: Found | undefined): Touched => ({
    arn: iamArn(kind, { accountId, name, path, ...(found && { path: found.path, name: found.name }) }),
    tags: found?.tags ?? [],
  });
  switch (about) {
    case 'user': {
      const name = input.UserName ?? nameIn(call.principal.arn);
      return of('user', name, reader.get(users, nameKey(accountId, name)));
    }
    case 'group': {
      const name = input.GroupName ?? '';
      return of('group', name, reader.get(groups, nameKey(accountId, name)));
    }
    case 'role': {
      const name = input.RoleName ?? '';
      return of('role', name, reader.get(roles, nameKey(accountId, name)));
    }
    case 'instance-profile': {
      const name = input.InstanceProfileName ?? '';
      return of('instance-profile', name, reader.get(instanceProfiles, nameKey(accountId, name)));
    }
    case 'policy': {
      const arn = input.PolicyArn ?? iamArn('policy', { accountId, path, name: input.PolicyName ?? '' });
      return { arn, tags: reader.get(policies, arn)?.tags ?? [] };
    }
    case 'oidc-provider': {
      const name = (input.Url ?? '').replace(/^https:\/\//, '');
      const arn = input.OpenIDConnectProviderArn ?? iamArn('oidc-provider', { accountId, name });
      return { arn, tags: reader.get(oidcProviders, arn)?.tags ?? [] };
    }
    case 'linked-role': {
      const service = input.AWSServiceName ?? '';
      return { arn: iamArn('role', { accountId, path: `/aws-service-role/${service}/`, name: '*' }), tags: [] };
    }
    case 'source':
      return { arn: input.PolicySourceArn ?? '*', tags: [] };
  }
}

interface Found {
  readonly name: string;
  readonly path: string;
  readonly tags?: readonly IamTag[];
}

function conditionsOf(operation: string, input: Asked, present: readonly IamTag[]): ConditionValues {
  const conditions: Record<string, string | readonly string[]> = {};
  for (const { Key, Value } of present) conditions[`aws:ResourceTag/${Key}`] = Value;
  const keys = [...(input.Tags ?? []).map(({ Key = '' }) => Key), ...(input.TagKeys ?? [])];
  if (keys.length > 0) conditions['aws:TagKeys'] = keys;
  for (const { Key = '', Value = '' } of input.Tags ?? []) conditions[`aws:RequestTag/${Key}`] = Value;
  if (/^(Attach|Detach)/.test(operation) && input.PolicyArn !== undefined)
    conditions['iam:PolicyARN'] = input.PolicyArn;
  if (input.PermissionsBoundary !== undefined) conditions['iam:PermissionsBoundary'] = input.PermissionsBoundary;
  if (input.AWSServiceName !== undefined) conditions['iam:AWSServiceName'] = input.AWSServiceName;
  return conditions;
}
