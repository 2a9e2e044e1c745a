import type { AttachInternetGatewayRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameterValue, refuseDryRun } from '../errors.ts';
import { findInternetGateway, findVpc } from '../references.ts';
import { internetGateways } from '../tables.ts';

export const attachInternetGateway: Operation<AttachInternetGatewayRequest, object> = (input, { call, store }) =>
  store.update((tx) => {
    const gateway = findInternetGateway(tx, call, input.InternetGatewayId);
    const { vpcId } = findVpc(tx, call, input.VpcId);
    if (gateway.vpcId !== undefined) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `resource ${gateway.internetGatewayId} is already attached to network ${gateway.vpcId}`,
      );
    }
    if (tx.count(internetGateways, 'vpc', vpcId) > 0) {
      throw invalidParameterValue(`Network ${vpcId} already has an internet gateway attached`);
    }
    refuseDryRun(input.DryRun);
    tx.put(internetGateways, { ...gateway, vpcId });
    return {};
  });
