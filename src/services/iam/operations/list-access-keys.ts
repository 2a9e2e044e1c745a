import type { ListAccessKeysRequest, ListAccessKeysResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { findUser, userNameOf } from '../identities.ts';
import { pageOfList } from '../paging.ts';
import { accessKeys, nameKey } from '../tables.ts';

export const listAccessKeys: Operation<ListAccessKeysRequest, ListAccessKeysResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const user = findUser(reader, call, userNameOf(call, input.UserName));
    const keys = reader.find(accessKeys, 'user', nameKey(user.accountId, user.name));
    const { items, end } = pageOfList(input, keys, ({ accessKeyId }) => accessKeyId);
    return {
      AccessKeyMetadata: items.map((key) => ({
        UserName: key.userName,
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        CreateDate: toDate(key.createdAt),
      })),
      ...end,
    };
  });
