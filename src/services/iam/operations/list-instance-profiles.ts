import type { ListInstanceProfilesRequest, ListInstanceProfilesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { pageOf } from '../paging.ts';
import { under } from '../path-prefix.ts';
import { nameKey, instanceProfiles } from '../tables.ts';
import { profileView } from '../views.ts';

export const listInstanceProfiles: Operation<ListInstanceProfilesRequest, ListInstanceProfilesResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { items, end } = pageOf(
      input,
      (after) => under(reader.find(instanceProfiles, 'account', call.accountId, after), input.PathPrefix),
      ({ accountId, name }) => nameKey(accountId, name),
    );
    return { InstanceProfiles: items.map((profile) => profileView(reader, profile)), ...end };
  });
