import type { ReplaceRouteRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { findRouteTable } from '../references.ts';
import { routeNotFound, routeOf } from '../routes.ts';
import { routeTables } from '../tables.ts';

export const replaceRoute: Operation<ReplaceRouteRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    const routeTable = findRouteTable(tx, call, input.RouteTableId);
    const route = routeOf(tx, call, routeTable, input);
    if (!routeTable.routes.some(({ cidrBlock }) => cidrBlock === route.cidrBlock)) {
      throw routeNotFound(tx, routeTable, route.cidrBlock);
    }
    refuseDryRun(input.DryRun);
    const routes = routeTable.routes.map((present) => (present.cidrBlock === route.cidrBlock ? route : present));
    tx.put(routeTables, { ...routeTable, routes });
    return {};
  });
