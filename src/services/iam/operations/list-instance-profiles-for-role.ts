import type { ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findRole } from '../identities.ts';
import { pageOfList } from '../paging.ts';
import { instanceProfiles, nameKey } from '../tables.ts';
import { profileView } from '../views.ts';

export const listInstanceProfilesForRole: Operation<
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const role = findRole(reader, call, input.RoleName);
    const profiles = reader.find(instanceProfiles, 'role', nameKey(role.accountId, role.name));
    const { items, end } = pageOfList(input, profiles, ({ name }) => name);
    return { InstanceProfiles: items.map((profile) => profileView(reader, profile)), ...end };
  });
