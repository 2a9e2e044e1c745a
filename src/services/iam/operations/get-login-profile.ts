import type { GetLoginProfileRequest, GetLoginProfileResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';
import { findUser, userNameOf } from '../identities.ts';

/** There is no console to log in to with a password, so no user has one. */
export const getLoginProfile: Operation<GetLoginProfileRequest, GetLoginProfileResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const user = findUser(reader, call, userNameOf(call, input.UserName));
    throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
  });
