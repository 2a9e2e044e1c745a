import type { ListPoliciesRequest, ListPoliciesResponse, Policy } from '@aws-sdk/client-iam';
import type { Answer, Operation, Parsed } from '../../../aws/operation.ts';
import { awsManagedPolicies } from '../aws-managed-policies.ts';
import { pageOfList } from '../paging.ts';
import { policies } from '../tables.ts';
import { awsPolicyView, policyView } from '../views.ts';

export const listPolicies: Operation<ListPoliciesRequest, ListPoliciesResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const { accountId } = call;
    const { Scope: scope = 'All', OnlyAttached: onlyAttached = false } = input;
    const own = [...reader.find(policies, 'account', accountId)].map((policy) => policyView(reader, policy, 'listed'));
    const aws = [...awsManagedPolicies()].map((policy) => awsPolicyView(reader, accountId, policy, 'listed'));
    const listed = [...(scope === 'AWS' ? [] : own), ...(scope === 'Local' ? [] : aws)].filter((policy) =>
      isWanted(policy, input, onlyAttached),
    );
    const { items, end } = pageOfList(input, listed, ({ Arn = '' }) => Arn);
    return { Policies: items, ...end };
  });

function isWanted(policy: Answer<Policy>, input: Parsed<ListPoliciesRequest>, onlyAttached: boolean): boolean {
  const { AttachmentCount = 0, PermissionsBoundaryUsageCount = 0, Path = '/' } = policy;
  if (!Path.startsWith(input.PathPrefix ?? '/')) return false;
  const uses = input.PolicyUsageFilter === 'PermissionsBoundary' ? PermissionsBoundaryUsageCount : AttachmentCount;
  return !onlyAttached || uses > 0;
}
