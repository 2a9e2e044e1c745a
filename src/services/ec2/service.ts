import type { Service } from '../../aws/service.ts';
import { ensureDefaultVpc } from './default-vpc.ts';
import { associateRouteTable } from './operations/associate-route-table.ts';
import { attachInternetGateway } from './operations/attach-internet-gateway.ts';
import { authorizeSecurityGroupEgress } from './operations/authorize-security-group-egress.ts';
import { authorizeSecurityGroupIngress } from './operations/authorize-security-group-ingress.ts';
import { createInternetGateway } from './operations/create-internet-gateway.ts';
import { createRoute } from './operations/create-route.ts';
import { createRouteTable } from './operations/create-route-table.ts';
import { createSecurityGroup } from './operations/create-security-group.ts';
import { createSubnet } from './operations/create-subnet.ts';
import { createTags } from './operations/create-tags.ts';
import { createVpc } from './operations/create-vpc.ts';
import { deleteInternetGateway } from './operations/delete-internet-gateway.ts';
import { deleteRoute } from './operations/delete-route.ts';
import { deleteRouteTable } from './operations/delete-route-table.ts';
import { deleteSecurityGroup } from './operations/delete-security-group.ts';
import { deleteSubnet } from './operations/delete-subnet.ts';
import { deleteTags } from './operations/delete-tags.ts';
import { deleteVpc } from './operations/delete-vpc.ts';
import { describeAccountAttributes } from './operations/describe-account-attributes.ts';
import { describeAddresses } from './operations/describe-addresses.ts';
import { describeAvailabilityZones } from './operations/describe-availability-zones.ts';
import { describeEgressOnlyInternetGateways } from './operations/describe-egress-only-internet-gateways.ts';
import { describeInstances } from './operations/describe-instances.ts';
import { describeInternetGateways } from './operations/describe-internet-gateways.ts';
import { describeNatGateways } from './operations/describe-nat-gateways.ts';
import { describeNetworkAcls } from './operations/describe-network-acls.ts';
import { describeNetworkInterfaces } from './operations/describe-network-interfaces.ts';
import { describeRegions } from './operations/describe-regions.ts';
import { describeRouteTables } from './operations/describe-route-tables.ts';
import { describeSecurityGroupRules } from './operations/describe-security-group-rules.ts';
import { describeSecurityGroups } from './operations/describe-security-groups.ts';
import { describeSubnets } from './operations/describe-subnets.ts';
import { describeTags } from './operations/describe-tags.ts';
import { describeVpcAttribute } from './operations/describe-vpc-attribute.ts';
import { describeVpcEndpoints } from './operations/describe-vpc-endpoints.ts';
import { describeVpcPeeringConnections } from './operations/describe-vpc-peering-connections.ts';
import { describeVpcs } from './operations/describe-vpcs.ts';
import { describeVpnGateways } from './operations/describe-vpn-gateways.ts';
import { detachInternetGateway } from './operations/detach-internet-gateway.ts';
import { disassociateRouteTable } from './operations/disassociate-route-table.ts';
import { modifySecurityGroupRules } from './operations/modify-security-group-rules.ts';
import { modifySubnetAttribute } from './operations/modify-subnet-attribute.ts';
import { modifyVpcAttribute } from './operations/modify-vpc-attribute.ts';
import { replaceRoute } from './operations/replace-route.ts';
import { replaceRouteTableAssociation } from './operations/replace-route-table-association.ts';
import { revokeSecurityGroupEgress } from './operations/revoke-security-group-egress.ts';
import { revokeSecurityGroupIngress } from './operations/revoke-security-group-ingress.ts';
import { updateSecurityGroupRuleDescriptionsEgress } from './operations/update-security-group-rule-descriptions-egress.ts';
import { updateSecurityGroupRuleDescriptionsIngress } from './operations/update-security-group-rule-descriptions-ingress.ts';
import { ec2Permissions } from './permissions.ts';
import {
  internetGateways,
  networkInterfaces,
  readyInterfaces,
  routeTables,
  resourceTags,
  securityGroups,
  subnets,
  vpcs,
} from './tables.ts';

export const ec2: Service = {
  name: 'ec2',
  model: async () => (await import('../../aws/models/ec2.gen.ts')).model,
  operations: {
    AssociateRouteTable: associateRouteTable,
    AttachInternetGateway: attachInternetGateway,
    AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
    CreateInternetGateway: createInternetGateway,
    CreateRoute: createRoute,
    CreateRouteTable: createRouteTable,
    CreateSecurityGroup: createSecurityGroup,
    CreateSubnet: createSubnet,
    CreateTags: createTags,
    CreateVpc: createVpc,
    DeleteInternetGateway: deleteInternetGateway,
    DeleteRoute: deleteRoute,
    DeleteRouteTable: deleteRouteTable,
    DeleteSecurityGroup: deleteSecurityGroup,
    DeleteSubnet: deleteSubnet,
    DeleteTags: deleteTags,
    DeleteVpc: deleteVpc,
    DescribeAccountAttributes: describeAccountAttributes,
    DescribeAddresses: describeAddresses,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeEgressOnlyInternetGateways: describeEgressOnlyInternetGateways,
    DescribeInstances: describeInstances,
    DescribeInternetGateways: describeInternetGateways,
    DescribeNatGateways: describeNatGateways,
    DescribeNetworkAcls: describeNetworkAcls,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
    DescribeRegions: describeRegions,
    DescribeRouteTables: describeRouteTables,
    DescribeSecurityGroupRules: describeSecurityGroupRules,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeSubnets: describeSubnets,
    DescribeTags: describeTags,
    DescribeVpcAttribute: describeVpcAttribute,
    DescribeVpcEndpoints: describeVpcEndpoints,
    DescribeVpcPeeringConnections: describeVpcPeeringConnections,
    DescribeVpcs: describeVpcs,
    DescribeVpnGateways: describeVpnGateways,
    DetachInternetGateway: detachInternetGateway,
    DisassociateRouteTable: disassociateRouteTable,
    ModifySecurityGroupRules: modifySecurityGroupRules,
    ModifySubnetAttribute: modifySubnetAttribute,
    ModifyVpcAttribute: modifyVpcAttribute,
    ReplaceRoute: replaceRoute,
    ReplaceRouteTableAssociation: replaceRouteTableAssociation,
    RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
    RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
    UpdateSecurityGroupRuleDescriptionsEgress: updateSecurityGroupRuleDescriptionsEgress,
    UpdateSecurityGroupRuleDescriptionsIngress: updateSecurityGroupRuleDescriptionsIngress,
  },
  permissions: ec2Permissions,
  tables: [
    internetGateways,
    routeTables,
    networkInterfaces,
    readyInterfaces,
    resourceTags,
    securityGroups,
    subnets,
    vpcs,
  ],
  projections: [],
  reconcilers: [],
  parts: undefined,
  sockets: {},
  setUp: ensureDefaultVpc,
};
