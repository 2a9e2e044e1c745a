import type { DisassociateRouteTableRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameterValue, refuseDryRun } from '../errors.ts';
import { findAssociation } from '../references.ts';
import { subnets } from '../tables.ts';

/** From then on the subnet uses the main route table of its VPC. */
export const disassociateRouteTable: Operation<DisassociateRouteTableRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    const found = findAssociation(tx, call, input.AssociationId);
    if ('main' in found) {
      throw invalidParameterValue(`cannot disassociate the main route table association ${input.AssociationId}`);
    }
    refuseDryRun(input.DryRun);
    const { routeTableAssociation: _, ...subnet } = found.subnet;
    tx.put(subnets, subnet);
    return {};
  });
