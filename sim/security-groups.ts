import { securityGroups } from '../src/services/ec2/tables.ts';
import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { callByQuery } from './query-requests.ts';
import type { System } from './system.ts';

/** The groups that awsvpc tasks of the workload may have: the default one of the VPC, and one that lets it in. */
export class SecurityGroups {
  readonly #system: System;
  #defaultId = '';
  #webId = '';

  constructor(system: System) {
    this.#system = system;
  }

  async prepare(): Promise<void> {
    const vpcId = this.#group('default')?.vpcId ?? '';
    this.#defaultId = this.#group('default')?.groupId ?? '';
    await callByQuery(
      this.#system,
      'ec2',
      { Action: 'CreateSecurityGroup', GroupName: 'web', GroupDescription: 'web', VpcId: vpcId },
      ['InvalidGroup.Duplicate'],
    );
    this.#webId = this.#group('web')?.groupId ?? '';
    await this.#setRule('AuthorizeSecurityGroupIngress', this.#webId, {
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.Groups.1.GroupId': this.#defaultId,
    });
  }

  /** Those of a new task; where none is named it has the default one. */
  ofTask(random: SimRandom): readonly string[] {
    return random.pick([[], [this.#webId], [this.#webId, this.#defaultId]]);
  }

  /** One of them allows a port more or less than before. */
  async change(random: SimRandom): Promise<void> {
    const port = String(random.integer(80, 82));
    const action = random.pick(['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress'] as const);
    await this.#setRule(action, random.pick([this.#defaultId, this.#webId]), {
      'IpPermissions.1.IpProtocol': 'tcp',
      'IpPermissions.1.FromPort': port,
      'IpPermissions.1.ToPort': port,
      'IpPermissions.1.IpRanges.1.CidrIp': '10.0.0.0/8',
    });
  }

  async #setRule(
    action: 'AuthorizeSecurityGroupIngress' | 'RevokeSecurityGroupIngress',
    groupId: string,
    rule: Readonly<Record<string, string>>,
  ): Promise<void> {
    const allowed = ['InvalidPermission.Duplicate', 'InvalidPermission.NotFound'];
    await callByQuery(this.#system, 'ec2', { Action: action, GroupId: groupId, ...rule }, allowed);
  }

  #group(name: string): { readonly groupId: string; readonly vpcId: string } | undefined {
    return this.#system.server?.store.view((reader) =>
      [...reader.list(securityGroups)].find(({ groupName }) => groupName === name),
    );
  }
}
