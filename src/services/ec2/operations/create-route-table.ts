import type { CreateRouteTableRequest, CreateRouteTableResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { newResourceId } from '../default-vpc.ts';
import { refuseDryRun } from '../errors.ts';
import { findVpc } from '../references.ts';
import { type RouteTableRecord, routeTables } from '../tables.ts';
import { putTags, tagsGiven } from '../tags.ts';
import { shownRouteTable } from './describe-route-tables.ts';

export const createRouteTable: Operation<CreateRouteTableRequest, CreateRouteTableResult> = (
  input,
  { call, store },
) => {
  const tags = tagsGiven(input.TagSpecifications, 'route-table');
  return store.update((tx, env) => {
    const { accountId, region, vpcId } = findVpc(tx, call, input.VpcId);
    refuseDryRun(input.DryRun);
    const made: RouteTableRecord = { accountId, region, vpcId, routeTableId: newResourceId(env, 'rtb'), routes: [] };
    tx.put(routeTables, made);
    putTags(tx, call, { resourceId: made.routeTableId, resourceType: 'route-table' }, tags);
    return {
      RouteTable: shownRouteTable(tx, made),
      ...(input.ClientToken === undefined ? {} : { ClientToken: input.ClientToken }),
    };
  });
};
