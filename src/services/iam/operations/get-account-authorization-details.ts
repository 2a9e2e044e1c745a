import type {
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
  PolicyDetail,
} from '@aws-sdk/client-iam';
import type { Answer, Operation } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { pageOfList } from '../paging.ts';
import {
  type GroupRecord,
  groups,
  type IdentityRecord,
  instanceProfiles,
  nameKey,
  policies,
  type PolicyRecord,
  type RoleRecord,
  roles,
  type UserRecord,
  users,
} from '../tables.ts';
import {
  attachedView,
  encodeDocument,
  groupView,
  policyView,
  profileView,
  roleView,
  userView,
  versionView,
} from '../views.ts';

/** Differs from AWS: of AWS's managed policies none is listed. */
export const getAccountAuthorizationDetails: Operation<
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const all = details(reader, call.accountId).filter(
      ({ kind }) => !input.Filter?.length || input.Filter.includes(kind),
    );
    const { items, end } = pageOfList(input, all, ({ key }) => key);
    const of = <Kind extends Detail['kind']>(wanted: Kind): readonly (Detail & { readonly kind: Kind })[] =>
      items.filter((item): item is Detail & { readonly kind: Kind } => item.kind === wanted);
    return {
      UserDetailList: of('User').map(({ user }) => ({
        ...userView(user, 'whole'),
        UserPolicyList: inlineViews(user),
        GroupList: user.groups,
        AttachedManagedPolicies: user.attachedPolicyArns.map(attachedView),
      })),
      GroupDetailList: of('Group').map(({ group }) => ({
        ...groupView(group),
        GroupPolicyList: inlineViews(group),
        AttachedManagedPolicies: group.attachedPolicyArns.map(attachedView),
      })),
      RoleDetailList: of('Role').map(({ role }) => ({
        ...roleView(role, 'whole'),
        InstanceProfileList: [...reader.find(instanceProfiles, 'role', nameKey(role.accountId, role.name))].map(
          (profile) => profileView(reader, profile),
        ),
        RolePolicyList: inlineViews(role),
        AttachedManagedPolicies: role.attachedPolicyArns.map(attachedView),
      })),
      Policies: of('LocalManagedPolicy').map(({ policy }) => ({
        ...policyView(reader, policy, 'whole'),
        PolicyVersionList: policy.versions.map((version) =>
          versionView(version, version.versionId === policy.defaultVersionId, 'whole'),
        ),
      })),
      ...end,
    };
  });

type Detail =
  | { readonly kind: 'User'; readonly key: string; readonly user: UserRecord }
  | { readonly kind: 'Group'; readonly key: string; readonly group: GroupRecord }
  | { readonly kind: 'Role'; readonly key: string; readonly role: RoleRecord }
  | { readonly kind: 'LocalManagedPolicy'; readonly key: string; readonly policy: PolicyRecord };

function details(reader: Reader, accountId: string): readonly Detail[] {
  return [
    ...[...reader.find(users, 'account', accountId)].map((user) => ({
      kind: 'User' as const,
      key: `1/${user.name}`,
      user,
    })),
    ...[...reader.find(groups, 'account', accountId)].map((group) => ({
      kind: 'Group' as const,
      key: `2/${group.name}`,
      group,
    })),
    ...[...reader.find(roles, 'account', accountId)].map((role) => ({
      kind: 'Role' as const,
      key: `3/${role.name}`,
      role,
    })),
    ...[...reader.find(policies, 'account', accountId)].map((policy) => ({
      kind: 'LocalManagedPolicy' as const,
      key: `4/${policy.arn}`,
      policy,
    })),
  ];
}

function inlineViews({ inlinePolicies }: IdentityRecord): readonly Answer<PolicyDetail>[] {
  return inlinePolicies.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: encodeDocument(document) }));
}
