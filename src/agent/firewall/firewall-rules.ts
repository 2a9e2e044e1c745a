import { assert } from '../../core/assert.ts';
import type { SecurityGroup, SecurityGroupRule } from '../contract.ts';

export interface GuardedTask {
  readonly address: string;
  readonly securityGroupIds: readonly string[];
}

export interface FirewallState {
  readonly tasks: Iterable<GuardedTask>;
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  /** Addresses by group id. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
  /** Name servers of the host: the engine asks them in the name of a container, and AWS filters no DNS either. */
  readonly nameServers: readonly string[];
}

/**
 * The script that makes a table of packets that may pass, in place of the one there is. It looks only at what is
 * forwarded: between bridges and across them. What this machine itself sends to a task or a task to this machine is not.
 *
 * Every packet that begins something passes two gates, the egress of the task that sends and the ingress of the task
 * that is meant; answers pass by what the kernel remembers of the beginning. Tasks with the same groups share their
 * chains. A group nobody has told us of allows nothing.
 */
export function firewallScript(table: string, { tasks, groups, members, nameServers }: FirewallState): string {
  const chains = new Map<string, { readonly name: string; readonly securityGroupIds: readonly string[] }>();
  const byAddress = new Map<string, string>();
  for (const { address, securityGroupIds } of tasks) {
    const key = [...securityGroupIds].sort().join(' ');
    const chain = chains.get(key) ?? { name: String(chains.size), securityGroupIds };
    chains.set(key, chain);
    byAddress.set(checkedAddress(address), chain.name);
  }
  const used = [...chains.values()];
  const lines: string[] = [];
  const peers = new Set<string>();
  for (const { name, securityGroupIds } of used) {
    const rules = securityGroupIds.flatMap((groupId) => groups.get(groupId) ?? []);
    lines.push(
      ...chainLines(
        `in-${name}`,
        'saddr',
        rules.flatMap(({ ingress }) => ingress),
        peers,
      ),
      ...chainLines(
        `out-${name}`,
        'daddr',
        rules.flatMap(({ egress }) => egress),
        peers,
      ),
    );
  }
  const gates = (side: string): string =>
    [...byAddress].map(([address, name]) => `${address} : jump ${side}-${name}`).join(', ');
  const servers = nameServers.map(checkedAddress);
  return [
    ...removalScript(table),
    `table inet ${table} {`,
    ...[...peers].map((groupId) => setLine(groupId, members.get(groupId) ?? new Set())),
    ...lines,
    '  chain forward {',
    '    type filter hook forward priority -10; policy accept;',
    '    ct state established,related accept',
    // Tasks have no IPv6 address; whoever gives itself one does not get around the rules with it.
    '    iifname "ls-*" meta nfproto ipv6 drop',
    ...(servers.length > 0
      ? [`    ip daddr { ${servers.join(', ')} } meta l4proto { tcp, udp } th dport 53 accept`]
      : []),
    ...(byAddress.size > 0 ? [`    ip saddr vmap { ${gates('out')} }`, `    ip daddr vmap { ${gates('in')} }`] : []),
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Removes the table, also where there is none. */
export function removalScript(table: string): readonly string[] {
  return [`table inet ${table}`, `delete table inet ${table}`];
}

/** What is allowed returns to the other gate, the rest ends here. */
function chainLines(
  name: string,
  side: 'saddr' | 'daddr',
  rules: readonly SecurityGroupRule[],
  peers: Set<string>,
): readonly string[] {
  const matches = new Set(rules.map((rule) => [...traffic(rule), ...peerOf(rule, side, peers)].join(' ')));
  const allowed = matches.has('') ? [''] : [...matches];
  return [
    `  chain ${name} {`,
    ...allowed.map((match) => `    ${match}${match === '' ? '' : ' '}return`),
    ...(allowed.includes('') ? [] : ['    drop']),
    '  }',
  ];
}

function traffic({ protocol, fromPort, toPort }: SecurityGroupRule): readonly string[] {
  if (protocol === -1) return [];
  const name = namedProtocols.get(protocol);
  if (fromPort === undefined || toPort === undefined) return [`meta l4proto ${name ?? protocol}`];
  if (name === 'icmp') {
    if (fromPort === -1) return ['meta l4proto icmp'];
    return [`icmp type ${fromPort}`, ...(toPort === -1 ? [] : [`icmp code ${toPort}`])];
  }
  if (name === undefined || (fromPort === 0 && toPort === 65_535)) return [`meta l4proto ${name ?? protocol}`];
  return [`${name} dport ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`];
}

/** Those whose rules look further into a packet. */
const namedProtocols: ReadonlyMap<number, 'icmp' | 'tcp' | 'udp'> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
]);

function peerOf({ peer }: SecurityGroupRule, side: 'saddr' | 'daddr', peers: Set<string>): readonly string[] {
  if ('groupId' in peer) {
    peers.add(peer.groupId);
    return [`ip ${side} @${setName(peer.groupId)}`];
  }
  assert(/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(peer.cidr), `${peer.cidr} is an IPv4 block`);
  return peer.cidr.endsWith('/0') ? [] : [`ip ${side} ${peer.cidr}`];
}

function setLine(groupId: string, addresses: ReadonlySet<string>): string {
  const elements = [...addresses].map(checkedAddress).join(', ');
  return `  set ${setName(groupId)} { type ipv4_addr; ${elements === '' ? '' : `elements = { ${elements} } `}}`;
}

function setName(groupId: string): string {
  assert(/^sg-[0-9a-z-]+$/.test(groupId), `${groupId} is the id of a security group`);
  return `of-${groupId}`;
}

/** What goes into a script that root runs is nothing but an address. */
function checkedAddress(address: string): string {
  assert(/^\d+\.\d+\.\d+\.\d+$/.test(address), `${address} is an IPv4 address`);
  return address;
}
