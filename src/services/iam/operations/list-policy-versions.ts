import type { ListPolicyVersionsRequest, ListPolicyVersionsResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { anyPolicy } from '../managed-policies.ts';
import { pageOfList } from '../paging.ts';
import { awsPoliciesSince, versionView } from '../views.ts';

export const listPolicyVersions: Operation<ListPolicyVersionsRequest, ListPolicyVersionsResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const found = anyPolicy(reader, call, input.PolicyArn);
    if (!('own' in found)) {
      const version = { versionId: 'v1', document: found.aws.document, createdAt: awsPoliciesSince };
      return { Versions: [versionView(version, true, 'listed')], IsTruncated: false };
    }
    const { versions, defaultVersionId } = found.own;
    // The newest first; numbers are counted down so that they sort so.
    const rank = (versionId: string): string => String(1e9 - Number(versionId.slice(1))).padStart(10, '0');
    const { items, end } = pageOfList(input, versions, ({ versionId }) => rank(versionId));
    return {
      Versions: items.map((version) => versionView(version, version.versionId === defaultVersionId, 'listed')),
      ...end,
    };
  });
