import type { AssociateRouteTableRequest, AssociateRouteTableResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { newResourceId } from '../default-vpc.ts';
import { invalidParameterValue, missingParameter, notBuilt, refuseDryRun } from '../errors.ts';
import { findRouteTable, findSubnetRecord } from '../references.ts';
import { subnets } from '../tables.ts';

export const associateRouteTable: Operation<AssociateRouteTableRequest, AssociateRouteTableResult> = (
  input,
  { call, store },
) => {
  const { SubnetId: subnetId } = input;
  if (input.GatewayId !== undefined) throw notBuilt('GatewayId');
  if (subnetId === undefined) throw missingParameter('subnetId');
  return store.update((tx, env) => {
    const { routeTableId, vpcId } = findRouteTable(tx, call, input.RouteTableId);
    const subnet = findSubnetRecord(tx, call, subnetId);
    if (subnet.vpcId !== vpcId) {
      throw invalidParameterValue(`route table ${routeTableId} and subnet ${subnetId} belong to different networks`);
    }
    const present = subnet.routeTableAssociation;
    if (present && present.routeTableId !== routeTableId) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${routeTableId} conflicts with an existing association`,
      );
    }
    refuseDryRun(input.DryRun);
    const association = present ?? { associationId: newResourceId(env, 'rtbassoc'), routeTableId };
    tx.put(subnets, { ...subnet, routeTableAssociation: association });
    return { AssociationId: association.associationId, AssociationState: { State: 'associated' } };
  });
};
