// The filters of EC2's Describe operations, each as the SDK documents it, so that none that AWS has is refused.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { EC2 } from '@aws-sdk/client-ec2';
import { openControlPlane } from './control-plane.ts';
import { sdkConfig } from './sdk-handler.ts';

const models = new URL('../../node_modules/@aws-sdk/client-ec2/dist-types/models/', import.meta.url);
const declarations = readdirSync(models)
  .filter((name) => /^models_\d+\.d\.ts$/.test(name))
  .map((name) => readFileSync(new URL(name, models), 'utf8'))
  .join('');

/** The names in the documentation of the member Filters: `<code>name</code> - what it is`. */
function documentedFilters(kind: string): readonly string[] {
  const [, members = ''] =
    new RegExp(`export interface Describe${kind}Request \\{(.*?)\\n\\}`, 's').exec(declarations) ?? [];
  const [, comment = ''] = /\/\*\*((?:(?!\*\/).)*)\*\/\s*Filters\?:/s.exec(members) ?? [];
  const names = [...comment.matchAll(/<code>([^<]+)<\/code>[\s*]*-/g)].map(([, name = '']) => name);
  return names.map((name) => (name === 'tag' ? 'tag:some' : name));
}

type Describe = (ec2: EC2, Filters: { Name: string; Values: string[] }[]) => Promise<object>;
const operations: Readonly<Record<string, Describe>> = {
  AvailabilityZones: (ec2, Filters) => ec2.describeAvailabilityZones({ Filters }),
  InternetGateways: (ec2, Filters) => ec2.describeInternetGateways({ Filters }),
  NetworkAcls: (ec2, Filters) => ec2.describeNetworkAcls({ Filters }),
  NetworkInterfaces: (ec2, Filters) => ec2.describeNetworkInterfaces({ Filters }),
  Regions: (ec2, Filters) => ec2.describeRegions({ Filters }),
  RouteTables: (ec2, Filters) => ec2.describeRouteTables({ Filters }),
  SecurityGroupRules: (ec2, Filters) => ec2.describeSecurityGroupRules({ Filters }),
  SecurityGroups: (ec2, Filters) => ec2.describeSecurityGroups({ Filters }),
  Subnets: (ec2, Filters) => ec2.describeSubnets({ Filters }),
  Tags: (ec2, Filters) => ec2.describeTags({ Filters }),
  Vpcs: (ec2, Filters) => ec2.describeVpcs({ Filters }),
};

describe('every filter that AWS documents is taken', () => {
  let plane: Awaited<ReturnType<typeof openControlPlane>>;
  let ec2: EC2;
  before(async () => {
    plane = await openControlPlane();
    ec2 = new EC2(sdkConfig(plane.handler));
  });
  after(() => plane.close());

  for (const [kind, ask] of Object.entries(operations)) {
    test(kind, async () => {
      const names = documentedFilters(kind);
      assert.ok(names.length > 1, 'the documentation was read');
      for (const Name of names) {
        await assert.doesNotReject(ask(ec2, [{ Name, Values: ['no such value'] }]), Name);
      }
      await assert.rejects(ask(ec2, [{ Name: 'no-such-filter', Values: ['x'] }]), { name: 'InvalidParameterValue' });
    });
  }

  test('and groups are found by the names of those that they let in', async () => {
    const groupOf = async (GroupName: string): Promise<string> =>
      (await ec2.createSecurityGroup({ GroupName, Description: GroupName })).GroupId ?? '';
    const [web, database] = [await groupOf('web'), await groupOf('database')];
    const UserIdGroupPairs = [{ GroupId: web }];
    await ec2.authorizeSecurityGroupIngress({
      GroupId: database,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs }],
    });
    const Filters = [{ Name: 'ip-permission.group-name', Values: ['w*'] }];
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ Filters });
    assert.deepEqual(
      SecurityGroups.map(({ GroupId }) => GroupId),
      [database],
    );
  });
});
