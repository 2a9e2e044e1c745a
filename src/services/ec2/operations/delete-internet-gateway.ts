import type { DeleteInternetGatewayRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { dependencyViolation, refuseDryRun } from '../errors.ts';
import { findInternetGateway } from '../references.ts';
import { internetGateways, resourceTags } from '../tables.ts';

export const deleteInternetGateway: Operation<DeleteInternetGatewayRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    const { internetGatewayId, vpcId } = findInternetGateway(tx, call, input.InternetGatewayId);
    if (vpcId !== undefined) {
      throw dependencyViolation(`The internetGateway '${internetGatewayId}' has dependencies and cannot be deleted.`);
    }
    refuseDryRun(input.DryRun);
    tx.delete(internetGateways, internetGatewayId);
    tx.delete(resourceTags, internetGatewayId);
    return {};
  });
