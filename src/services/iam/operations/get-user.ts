import type { GetUserRequest, GetUserResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { isRoot } from '../../../aws/steps/authorize.ts';
import { findUser, userNameOf } from '../identities.ts';
import { userView } from '../views.ts';

/** Without a name the user who asks. Of the root user nobody knows since when it is. */
export const getUser: Operation<GetUserRequest, GetUserResponse> = (input, { call, store }) =>
  store.view((reader) => {
    if (input.UserName === undefined && isRoot(call.principal)) {
      return {
        User: { Path: '/', UserName: 'root', UserId: call.accountId, Arn: call.principal.arn, CreateDate: undefined },
      };
    }
    return { User: userView(findUser(reader, call, userNameOf(call, input.UserName)), 'whole') };
  });
