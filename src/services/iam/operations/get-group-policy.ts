import type { GetGroupPolicyRequest, GetGroupPolicyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup, inlinePolicyOf } from '../identities.ts';
import { encodeDocument } from '../views.ts';

export const getGroupPolicy: Operation<GetGroupPolicyRequest, GetGroupPolicyResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const group = findGroup(reader, call, input.GroupName);
    const document = inlinePolicyOf(group, 'group', input.PolicyName);
    return { GroupName: group.name, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
  });
