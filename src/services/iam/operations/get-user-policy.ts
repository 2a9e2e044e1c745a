import type { GetUserPolicyRequest, GetUserPolicyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser, inlinePolicyOf } from '../identities.ts';
import { encodeDocument } from '../views.ts';

export const getUserPolicy: Operation<GetUserPolicyRequest, GetUserPolicyResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const user = findUser(reader, call, input.UserName);
    const document = inlinePolicyOf(user, 'user', input.PolicyName);
    return { UserName: user.name, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
  });
