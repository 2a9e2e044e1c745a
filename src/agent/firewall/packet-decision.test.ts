// Random groups and packets: the script decides as the rules of the groups say, read by an evaluator of what nft does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SecurityGroup, SecurityGroupRule } from '../contract.ts';
import { type FirewallState, firewallScript } from './firewall-rules.ts';

/** The first packet of something new. `port` is the one it is for, or the type of ICMP, whose code is `code`. */
interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly port: number;
  readonly code: number;
}

const numberOf = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

function isWithin(address: string, cidr: string): boolean {
  const [base = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

/** What AWS's words say: one rule of any of the groups is enough, in each direction, for each end that is a task here. */
function isAllowed(state: FirewallState, packet: Packet): boolean {
  const matches = (rule: SecurityGroupRule, peer: string): boolean => {
    const { protocol, fromPort, toPort } = rule;
    if (protocol !== -1 && protocol !== packet.protocol) return false;
    if ((protocol === 6 || protocol === 17) && fromPort !== undefined && toPort !== undefined) {
      if (packet.port < fromPort || packet.port > toPort) return false;
    }
    if (protocol === 1 && fromPort !== undefined && fromPort !== -1) {
      if (packet.port !== fromPort || (toPort !== -1 && packet.code !== toPort)) return false;
    }
    if ('cidr' in rule.peer) return isWithin(peer, rule.peer.cidr);
    return state.members.get(rule.peer.groupId)?.has(peer) ?? false;
  };
  const passes = (address: string, peer: string, side: 'ingress' | 'egress'): boolean => {
    const task = [...state.tasks].find((one) => one.address === address);
    if (!task) return true;
    return task.securityGroupIds.some((id) => state.groups.get(id)?.[side].some((rule) => matches(rule, peer)));
  };
  const isDns = state.nameServers.includes(packet.to) && [6, 17].includes(packet.protocol) && packet.port === 53;
  return isDns || (passes(packet.from, packet.to, 'egress') && passes(packet.to, packet.from, 'ingress'));
}

/** What the kernel does with the script, as far as our scripts go. Throws at words that it does not know. */
function decide(script: string, packet: Packet): 'accept' | 'drop' {
  const sets = new Map<string, ReadonlySet<string>>();
  const chains = new Map<string, string[]>();
  let chain: string[] | undefined;
  for (const line of script.split('\n').map((text) => text.trim())) {
    const set = /^set (\S+) \{ type ipv4_addr; (?:elements = \{ (.*) \} )?\}$/.exec(line);
    const opening = /^chain (\S+) \{$/.exec(line);
    if (set) sets.set(set[1] ?? '', new Set((set[2] ?? '').split(', ')));
    else if (opening) chains.set(opening[1] ?? '', (chain = []));
    else if (line === '}') chain = undefined;
    else chain?.push(line);
  }
  const conditions: readonly (readonly [pattern: RegExp, holds: (first: string, second: string) => boolean])[] = [
    [/^ip saddr (@\S+|\{.*?\}|\S+) /, (where) => isIn(packet.from, where)],
    [/^ip daddr (@\S+|\{.*?\}|\S+) /, (where) => isIn(packet.to, where)],
    [/^meta l4proto \{ tcp, udp \} /, () => packet.protocol === 6 || packet.protocol === 17],
    [/^meta l4proto (\w+) /, (name) => packet.protocol === numberOfProtocol(name)],
    [/^(tcp|udp) dport (\S+) /, (name, range) => packet.protocol === numberOfProtocol(name) && isPort(range)],
    [/^th dport (\S+) /, (range) => isPort(range)],
    [/^icmp type (\d+) /, (type) => packet.protocol === 1 && packet.port === Number(type)],
    [/^icmp code (\d+) /, (code) => packet.protocol === 1 && packet.code === Number(code)],
  ];
  return run('forward') ?? 'accept';

  function run(name: string): 'accept' | 'drop' | undefined {
    const rules = chains.get(name);
    assert.ok(rules, `there is a chain ${name}`);
    for (const rule of rules) {
      const verdict = verdictOf(rule);
      if (verdict === 'return') return undefined;
      if (verdict === 'accept' || verdict === 'drop') return verdict;
      if (verdict === undefined) continue;
      const end = run(verdict);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  /** What a rule says of this packet, or the chain it jumps to; undefined where it does not match. */
  function verdictOf(rule: string): string | undefined {
    if (rule.startsWith('type filter hook forward') || rule.startsWith('ct state established')) return undefined;
    if (rule.includes('nfproto ipv6')) return undefined;
    const map = /^ip (saddr|daddr) vmap \{ (.*) \}$/.exec(rule);
    if (map) {
      const address = map[1] === 'saddr' ? packet.from : packet.to;
      const found = (map[2] ?? '').split(', ').find((entry) => entry.startsWith(`${address} : jump `));
      return found?.split(' jump ')[1];
    }
    let rest = rule;
    for (let found = first(rest); found; found = first(rest)) {
      if (!found.holds) return undefined;
      rest = rest.slice(found.length);
    }
    assert.match(rest, /^(return|accept|drop)$/, `words of nft that we use: ${rule}`);
    return rest;
  }

  /** The condition that a rule begins with, and whether it holds. */
  function first(rule: string): { readonly length: number; readonly holds: boolean } | undefined {
    for (const [pattern, holds] of conditions) {
      const found = pattern.exec(rule);
      if (found) return { length: found[0].length, holds: holds(found[1] ?? '', found[2] ?? '') };
    }
    return undefined;
  }

  function isIn(address: string, where: string): boolean {
    if (where.startsWith('@')) {
      const set = sets.get(where.slice(1));
      assert.ok(set, `there is a set ${where}`);
      return set.has(address);
    }
    if (where.startsWith('{')) return where.slice(2, -2).split(', ').includes(address);
    return isWithin(address, where);
  }

  function isPort(range: string): boolean {
    const [from = 0, to = from] = range.split('-').map(Number);
    return from <= packet.port && packet.port <= to;
  }
}

const protocolNumbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };
const numberOfProtocol = (name: string): number => protocolNumbers[name] ?? Number(name);

const address = fc.constantFrom('172.31.0.5', '172.31.0.6', '172.31.16.9', '10.1.2.3', '8.8.8.8', '10.0.0.2');
const groupId = fc.constantFrom('sg-1', 'sg-2', 'sg-3');
const port = fc.constantFrom(0, 22, 53, 80, 81, 443, 65_535);
const peer = fc.oneof(
  fc.constantFrom('0.0.0.0/0', '172.31.0.0/20', '172.31.0.5/32', '10.0.0.0/8').map((cidr) => ({ cidr })),
  groupId.map((id) => ({ groupId: id })),
);
const rule: fc.Arbitrary<SecurityGroupRule> = fc.oneof(
  fc.record({ protocol: fc.constantFrom(-1, 50, 6, 17, 1), peer }),
  fc
    .tuple(fc.constantFrom(6, 17), port, port, peer)
    .map(([protocol, a, b, to]) => ({ protocol, fromPort: Math.min(a, b), toPort: Math.max(a, b), peer: to })),
  fc
    .tuple(fc.constantFrom([-1, -1], [8, -1], [3, 4], [0, 0]), peer)
    .map(([[fromPort = -1, toPort = -1], to]) => ({ protocol: 1, fromPort, toPort, peer: to })),
);
const rules = fc.array(rule, { maxLength: 4 });

const state: fc.Arbitrary<FirewallState> = fc.record({
  tasks: fc.uniqueArray(
    fc.record({
      address: fc.constantFrom('172.31.0.5', '172.31.0.6', '172.31.16.9'),
      securityGroupIds: fc.uniqueArray(groupId, { minLength: 1, maxLength: 3 }),
    }),
    { selector: (task) => task.address },
  ),
  // A group that nobody has told of may be among those of a task.
  groups: fc
    .uniqueArray(groupId)
    .chain((ids) =>
      fc.tuple(...ids.map((id) => fc.record({ groupId: fc.constant(id), ingress: rules, egress: rules }))),
    )
    .map((groups: readonly SecurityGroup[]) => new Map(groups.map((group) => [group.groupId, group]))),
  members: fc
    .array(fc.tuple(groupId, fc.array(address)))
    .map((members) => new Map(members.map(([id, addresses]) => [id, new Set(addresses)]))),
  nameServers: fc.constantFrom([], ['10.0.0.2']),
});

const packets = fc.array(
  fc.record({
    from: address,
    to: address,
    protocol: fc.constantFrom(1, 6, 17, 50),
    port: fc.constantFrom(0, 3, 8, 22, 53, 80, 81, 443, 65_535),
    code: fc.constantFrom(0, 4),
  }),
  { minLength: 1, maxLength: 30 },
);

test('the script lets pass just what the rules of the groups allow', () => {
  let passed = 0;
  let asked = 0;
  fc.assert(
    fc.property(state, packets, (random, several) => {
      const script = firewallScript('longshore-a', random);
      for (const packet of several) {
        const verdict = decide(script, packet);
        asked += 1;
        if (verdict === 'accept') passed += 1;
        assert.equal(verdict, isAllowed(random, packet) ? 'accept' : 'drop', `${JSON.stringify(packet)}\n${script}`);
      }
    }),
    { numRuns: 500 },
  );
  // Neither answer is so rare that it was not tried.
  assert.ok(passed > asked / 20 && passed < asked - asked / 20, `${passed} of ${asked} packets passed`);
});
