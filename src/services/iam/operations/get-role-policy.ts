import type { GetRolePolicyRequest, GetRolePolicyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findRole, inlinePolicyOf } from '../identities.ts';
import { encodeDocument } from '../views.ts';

export const getRolePolicy: Operation<GetRolePolicyRequest, GetRolePolicyResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const role = findRole(reader, call, input.RoleName);
    const document = inlinePolicyOf(role, 'role', input.PolicyName);
    return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
  });
