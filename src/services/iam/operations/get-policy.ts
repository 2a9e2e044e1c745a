import type { GetPolicyRequest, GetPolicyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { anyPolicy } from '../managed-policies.ts';
import { awsPolicyView, policyView } from '../views.ts';

export const getPolicy: Operation<GetPolicyRequest, GetPolicyResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const found = anyPolicy(reader, call, input.PolicyArn);
    return {
      Policy:
        'own' in found
          ? policyView(reader, found.own, 'whole')
          : awsPolicyView(reader, call.accountId, found.aws, 'whole'),
    };
  });
