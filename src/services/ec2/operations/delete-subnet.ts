import type { DeleteSubnetRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { dependencyViolation, refuseDryRun } from '../errors.ts';
import { findSubnetRecord } from '../references.ts';
import { networkInterfaces, resourceTags, subnets } from '../tables.ts';

export const deleteSubnet: Operation<DeleteSubnetRequest, object> = ({ SubnetId: subnetId, DryRun }, { call, store }) =>
  store.update((tx) => {
    findSubnetRecord(tx, call, subnetId);
    if (tx.count(networkInterfaces, 'subnet', subnetId) > 0) {
      throw dependencyViolation(`The subnet '${subnetId}' has dependencies and cannot be deleted.`);
    }
    refuseDryRun(DryRun);
    tx.delete(subnets, subnetId);
    tx.delete(resourceTags, subnetId);
    return {};
  });
