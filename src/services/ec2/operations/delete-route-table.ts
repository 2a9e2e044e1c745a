import type { DeleteRouteTableRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { dependencyViolation, refuseDryRun } from '../errors.ts';
import { findRouteTable, subnetsOf } from '../references.ts';
import { resourceTags, routeTables } from '../tables.ts';

export const deleteRouteTable: Operation<DeleteRouteTableRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    const routeTable = findRouteTable(tx, call, input.RouteTableId);
    const { routeTableId, associationId } = routeTable;
    if (associationId !== undefined || subnetsOf(tx, routeTable).length > 0) {
      throw dependencyViolation(`The routeTable '${routeTableId}' has dependencies and cannot be deleted.`);
    }
    refuseDryRun(input.DryRun);
    tx.delete(routeTables, routeTableId);
    tx.delete(resourceTags, routeTableId);
    return {};
  });
