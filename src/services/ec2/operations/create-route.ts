import type { CreateRouteRequest, CreateRouteResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { findRouteTable } from '../references.ts';
import { routeOf } from '../routes.ts';
import { routeTables } from '../tables.ts';

const mostRoutes = 500;

export const createRoute: Operation<CreateRouteRequest, CreateRouteResult> = (input, { call, store }) =>
  store.update((tx) => {
    const routeTable = findRouteTable(tx, call, input.RouteTableId);
    const route = routeOf(tx, call, routeTable, input);
    const present = routeTable.routes.find(({ cidrBlock }) => cidrBlock === route.cidrBlock);
    // The same route again is no mistake: clients try again after an answer that did not come.
    if (present?.internetGatewayId === route.internetGatewayId) return { Return: true };
    if (present) {
      throw new AwsError('RouteAlreadyExists', `The route identified by ${route.cidrBlock} already exists.`);
    }
    if (routeTable.routes.length >= mostRoutes) {
      throw new AwsError('RouteLimitExceeded', 'The maximum number of routes has been reached.');
    }
    refuseDryRun(input.DryRun);
    tx.put(routeTables, { ...routeTable, routes: [...routeTable.routes, route] });
    return { Return: true };
  });
