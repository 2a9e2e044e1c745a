import type { DetachInternetGatewayRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { findInternetGateway, findVpc } from '../references.ts';
import { internetGateways } from '../tables.ts';

/** Routes to it stay, and are shown as leading nowhere. */
export const detachInternetGateway: Operation<DetachInternetGatewayRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    const gateway = findInternetGateway(tx, call, input.InternetGatewayId);
    const vpc = findVpc(tx, call, input.VpcId);
    if (gateway.vpcId !== vpc.vpcId) {
      throw new AwsError(
        'Gateway.NotAttached',
        `resource ${gateway.internetGatewayId} is not attached to network ${vpc.vpcId}`,
      );
    }
    refuseDryRun(input.DryRun);
    const { accountId, region, internetGatewayId } = gateway;
    tx.put(internetGateways, { accountId, region, internetGatewayId });
    return {};
  });
