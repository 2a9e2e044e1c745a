import { firewallScript, type FirewallState } from '../../src/agent/firewall/firewall-rules.ts';
import { securityGroupMembers, securityGroupView } from '../../src/services/ec2/public.ts';
import { tasks } from '../../src/services/ecs/tables.ts';
import type { Reader } from '../../src/store/store.ts';
import type { Checker } from './checker.ts';

/** When all has settled, each machine's packet filter lets pass what the groups of its tasks allow, and nothing else. */
export const securityGroups: Checker = {
  name: 'security groups are in force',
  settled: (system) => {
    const { server, agents } = system;
    for (const { host, instanceArn } of agents) {
      if (!server || instanceArn === undefined) continue;
      const wanted = meaningOf(
        firewallScript(
          'wanted',
          server.store.view((reader) => stateOf(reader, instanceArn)),
        ),
      );
      const present = meaningOf(host.firewall.tableNames.map((name) => host.firewall.table(name) ?? '').join('\n'));
      if (wanted !== present)
        system.fail(securityGroups.name, `${host.name} has ${present} where its tasks' groups allow ${wanted}`);
      if (wanted.includes(', ')) system.saw('a security group that another names has members');
    }
  },
};

function stateOf(reader: Reader, instanceArn: string): FirewallState {
  const guarded = [...reader.find(tasks, 'occupying', instanceArn)].flatMap(({ networkInterface }) =>
    networkInterface?.privateIpv4Address === undefined
      ? []
      : [{ address: networkInterface.privateIpv4Address, securityGroupIds: networkInterface.securityGroupIds }],
  );
  const groups = new Map(
    guarded.flatMap(({ securityGroupIds }) => securityGroupIds).map((id) => [id, securityGroupView(reader, id)]),
  );
  const peers = [...groups.values()].flatMap(({ ingress, egress }) =>
    [...ingress, ...egress].flatMap(({ peer }) => ('groupId' in peer ? [peer.groupId] : [])),
  );
  const members = new Map(
    peers.map((id) => [id, new Set([...securityGroupMembers(reader, id)].map((member) => member.privateIpv4Address))]),
  );
  return { tasks: guarded, groups, members, nameServers: [] };
}

/** What each address may receive and send, and who is in the sets that this names: whatever names and order a script has. */
function meaningOf(script: string): string {
  const chains = new Map<string, string>();
  for (const [, name = '', lines = ''] of script.matchAll(/^ {2}chain (\S+) \{\n((?: {4}.*\n)*) {2}\}$/gm))
    chains.set(name, lines.trim().split(/\n */).toSorted().join('; '));
  const meanings = [
    ...[...script.matchAll(/(\d[\d.]+) : jump (in|out)-(\d+)/g)].map(
      ([, address, side, number]) => `${address} ${side}: ${chains.get(`${side}-${number}`)}`,
    ),
    ...[...script.matchAll(/^ {2}set (\S+) \{ type ipv4_addr; (?:elements = \{ (.*) \} )?\}$/gm)].map(
      ([, name, elements = '']) => `${name}: ${elements.split(', ').toSorted().join(', ')}`,
    ),
  ];
  return `[${meanings.toSorted().join(' | ')}]`;
}
