import type { DeleteSubnetRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { dependencyViolation, notFound, refuseDryRun } from '../errors.ts';
import { networkInterfaces, resourceTags, subnets } from '../tables.ts';

export const deleteSubnet: Operation<DeleteSubnetRequest, object> = ({ SubnetId: subnetId, DryRun }, { call, store }) =>
  store.update((tx) => {
    const subnet = tx.get(subnets, subnetId);
    if (!subnet || scopeKey(subnet) !== scopeKey(call)) {
      throw notFound('InvalidSubnetID.NotFound', 'subnet', [subnetId]);
    }
    if (tx.count(networkInterfaces, 'subnet', subnetId) > 0) {
      throw dependencyViolation(`The subnet '${subnetId}' has dependencies and cannot be deleted.`);
    }
    refuseDryRun(DryRun);
    tx.delete(subnets, subnetId);
    tx.delete(resourceTags, subnetId);
    return {};
  });
