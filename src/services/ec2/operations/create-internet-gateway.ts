import type { CreateInternetGatewayRequest } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { newResourceId } from '../default-vpc.ts';
import { refuseDryRun } from '../errors.ts';
import { type InternetGatewayRecord, internetGateways } from '../tables.ts';
import { putTags, tagsGiven } from '../tags.ts';
import { type ShownInternetGateway, shownInternetGateway } from './describe-internet-gateways.ts';

export const createInternetGateway: Operation<
  CreateInternetGatewayRequest,
  { readonly InternetGateway: ShownInternetGateway }
> = (input, { call, store }) => {
  const tags = tagsGiven(input.TagSpecifications, 'internet-gateway');
  return store.update((tx, env) => {
    refuseDryRun(input.DryRun);
    const { accountId, region } = call;
    const gateway: InternetGatewayRecord = { accountId, region, internetGatewayId: newResourceId(env, 'igw') };
    tx.put(internetGateways, gateway);
    putTags(tx, call, { resourceId: gateway.internetGatewayId, resourceType: 'internet-gateway' }, tags);
    return { InternetGateway: shownInternetGateway(tx, gateway) };
  });
};
