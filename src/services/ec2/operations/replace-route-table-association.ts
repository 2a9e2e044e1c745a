import type { ReplaceRouteTableAssociationRequest, ReplaceRouteTableAssociationResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { newResourceId } from '../default-vpc.ts';
import { invalidParameterValue, refuseDryRun } from '../errors.ts';
import { findAssociation, findRouteTable } from '../references.ts';
import { routeTables, subnets } from '../tables.ts';

/** Of a subnet, or of the VPC itself: that is how another route table becomes the main one. */
export const replaceRouteTableAssociation: Operation<
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult
> = (input, { call, store }) =>
  store.update((tx, env) => {
    const routeTable = findRouteTable(tx, call, input.RouteTableId);
    const { routeTableId, vpcId } = routeTable;
    const found = findAssociation(tx, call, input.AssociationId);
    const present = 'main' in found ? found.main : found.subnet;
    if (present.vpcId !== vpcId) {
      throw invalidParameterValue(
        `route table ${routeTableId} and association ${input.AssociationId} belong to different networks`,
      );
    }
    refuseDryRun(input.DryRun);
    const associationId = newResourceId(env, 'rtbassoc');
    if ('subnet' in found) {
      tx.put(subnets, { ...found.subnet, routeTableAssociation: { associationId, routeTableId } });
    } else {
      const { associationId: _, ...formerMain } = found.main;
      tx.put(routeTables, formerMain);
      tx.put(routeTables, { ...(formerMain.routeTableId === routeTableId ? formerMain : routeTable), associationId });
    }
    return { NewAssociationId: associationId, AssociationState: { State: 'associated' } };
  });
