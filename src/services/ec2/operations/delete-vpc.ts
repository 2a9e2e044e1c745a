import type { DeleteVpcRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { dependencyViolation, refuseDryRun } from '../errors.ts';
import { findVpc } from '../references.ts';
import { internetGateways, resourceTags, routeTables, securityGroups, subnets, vpcs } from '../tables.ts';

/** Its main route table and its default security group go with it; whatever else is in it forbids it. */
export const deleteVpc: Operation<DeleteVpcRequest, object> = ({ VpcId: vpcId, DryRun }, { call, store }) =>
  store.update((tx) => {
    findVpc(tx, call, vpcId);
    const tables = [...tx.find(routeTables, 'vpc', vpcId)];
    const groups = [...tx.find(securityGroups, 'vpc', vpcId)];
    if (
      tx.count(subnets, 'vpc', vpcId) > 0 ||
      tx.count(internetGateways, 'vpc', vpcId) > 0 ||
      tables.some(({ associationId }) => associationId === undefined) ||
      groups.some(({ groupName }) => groupName !== 'default')
    ) {
      throw dependencyViolation(`The vpc '${vpcId}' has dependencies and cannot be deleted.`);
    }
    refuseDryRun(DryRun);
    for (const { groupId } of groups) tx.delete(securityGroups, groupId);
    for (const { routeTableId } of tables) tx.delete(routeTables, routeTableId);
    tx.delete(vpcs, vpcId);
    const gone = [...groups.map(({ groupId }) => groupId), ...tables.map(({ routeTableId }) => routeTableId), vpcId];
    for (const resourceId of gone) tx.delete(resourceTags, resourceId);
    return {};
  });
