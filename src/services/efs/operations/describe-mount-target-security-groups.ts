import type {
  DescribeMountTargetSecurityGroupsRequest,
  DescribeMountTargetSecurityGroupsResponse,
} from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { mountTargetOf } from '../references.ts';

export const describeMountTargetSecurityGroups: Operation<
  DescribeMountTargetSecurityGroupsRequest,
  DescribeMountTargetSecurityGroupsResponse
> = ({ MountTargetId }, { call, store }) => ({
  SecurityGroups: store.view((reader) => mountTargetOf(reader, call, MountTargetId)).securityGroupIds,
});
