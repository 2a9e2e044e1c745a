import type { GetAccountSummaryResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { limits } from '../rules/limits.ts';
import { groups, instanceProfiles, oidcProviders, policies, roles, users } from '../tables.ts';

export const getAccountSummary: Operation<object, GetAccountSummaryResponse> = (_input, { call, store }) =>
  store.view((reader) => {
    const { accountId } = call;
    return {
      SummaryMap: {
        Users: reader.count(users, 'account', accountId),
        UsersQuota: limits.usersPerAccount,
        Groups: reader.count(groups, 'account', accountId),
        GroupsQuota: limits.groupsPerAccount,
        GroupsPerUserQuota: limits.groupsPerUser,
        Roles: reader.count(roles, 'account', accountId),
        RolesQuota: limits.rolesPerAccount,
        Policies: reader.count(policies, 'account', accountId),
        PoliciesQuota: limits.policiesPerAccount,
        PolicySizeQuota: limits.managedPolicySize,
        VersionsPerPolicyQuota: limits.policyVersions,
        InstanceProfiles: reader.count(instanceProfiles, 'account', accountId),
        InstanceProfilesQuota: limits.instanceProfilesPerAccount,
        AccessKeysPerUserQuota: limits.accessKeysPerUser,
        AttachedPoliciesPerUserQuota: limits.attachedPolicies,
        AttachedPoliciesPerGroupQuota: limits.attachedPolicies,
        AttachedPoliciesPerRoleQuota: limits.attachedPolicies,
        UserPolicySizeQuota: limits.inlinePolicySize.user,
        GroupPolicySizeQuota: limits.inlinePolicySize.group,
        AssumeRolePolicySizeQuota: limits.trustPolicySize,
        Providers: reader.count(oidcProviders, 'account', accountId),
        AccountAccessKeysPresent: 1,
        AccountMFAEnabled: 0,
        MFADevices: 0,
        MFADevicesInUse: 0,
      },
    };
  });
