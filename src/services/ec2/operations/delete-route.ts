import type { DeleteRouteRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { findRouteTable } from '../references.ts';
import { destinationOf, routeNotFound } from '../routes.ts';
import { routeTables } from '../tables.ts';

export const deleteRoute: Operation<DeleteRouteRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    const routeTable = findRouteTable(tx, call, input.RouteTableId);
    const wanted = destinationOf(input);
    const routes = routeTable.routes.filter(({ cidrBlock }) => cidrBlock !== wanted);
    if (routes.length === routeTable.routes.length) throw routeNotFound(tx, routeTable, wanted);
    refuseDryRun(input.DryRun);
    tx.put(routeTables, { ...routeTable, routes });
    return {};
  });
