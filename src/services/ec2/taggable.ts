import { AwsError } from '../../aws/error.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { internetGateways, networkInterfaces, routeTables, securityGroups, subnets, vpcs } from './tables.ts';

interface Kind {
  readonly resourceType: string;
  readonly notFoundCode: string;
  readonly find: (reader: Reader, id: string) => Scope | undefined;
}

/** What can be tagged, by the prefix of its id. */
const kinds: Readonly<Record<string, Kind>> = {
  vpc: { resourceType: 'vpc', notFoundCode: 'InvalidVpcID.NotFound', find: (reader, id) => reader.get(vpcs, id) },
  subnet: {
    resourceType: 'subnet',
    notFoundCode: 'InvalidSubnetID.NotFound',
    find: (reader, id) => reader.get(subnets, id),
  },
  sg: {
    resourceType: 'security-group',
    notFoundCode: 'InvalidGroup.NotFound',
    find: (reader, id) => reader.get(securityGroups, id),
  },
  sgr: {
    resourceType: 'security-group-rule',
    notFoundCode: 'InvalidSecurityGroupRuleId.NotFound',
    find: (reader, id) =>
      [...reader.list(securityGroups)].find(({ rules }) => rules.some(({ ruleId }) => ruleId === id)),
  },
  eni: {
    resourceType: 'network-interface',
    notFoundCode: 'InvalidNetworkInterfaceID.NotFound',
    find: (reader, id) => reader.get(networkInterfaces, id),
  },
  igw: {
    resourceType: 'internet-gateway',
    notFoundCode: 'InvalidInternetGatewayID.NotFound',
    find: (reader, id) => reader.get(internetGateways, id),
  },
  rtb: {
    resourceType: 'route-table',
    notFoundCode: 'InvalidRouteTableID.NotFound',
    find: (reader, id) => reader.get(routeTables, id),
  },
};

/** The resource that an id names, for its tags. Throws where there is none. */
export function taggable(
  reader: Reader,
  scope: Scope,
  resourceId: string,
): { readonly resourceId: string; readonly resourceType: string } {
  const kind = kinds[resourceId.split('-')[0] ?? ''];
  if (!kind) throw new AwsError('InvalidID', `The ID '${resourceId}' is not valid`);
  const found = kind.find(reader, resourceId);
  if (!found || scopeKey(found) !== scopeKey(scope)) {
    throw new AwsError(kind.notFoundCode, `The ID '${resourceId}' does not exist`);
  }
  return { resourceId, resourceType: kind.resourceType };
}
