import type { ListSSHPublicKeysRequest, ListSSHPublicKeysResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser } from '../identities.ts';

/** There are no operations that make any, so a user has none. */
export const listSshPublicKeys: Operation<ListSSHPublicKeysRequest, ListSSHPublicKeysResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    if (input.UserName !== undefined) findUser(reader, call, input.UserName);
    return { SSHPublicKeys: [], IsTruncated: false };
  });
