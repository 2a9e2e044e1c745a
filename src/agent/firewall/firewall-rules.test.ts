import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecurityGroup, SecurityGroupRule } from '../contract.ts';
import { type FirewallState, firewallScript } from './firewall-rules.ts';

const anywhere = { cidr: '0.0.0.0/0' } as const;

function scriptOf(groups: readonly SecurityGroup[], rest: Partial<FirewallState> = {}): readonly string[] {
  const state: FirewallState = {
    tasks: [{ address: '172.31.0.5', securityGroupIds: groups.map(({ groupId }) => groupId) }],
    groups: new Map(groups.map((group) => [group.groupId, group])),
    members: new Map(),
    nameServers: [],
    ...rest,
  };
  return firewallScript('longshore-a', state).split('\n');
}

function chain(lines: readonly string[], name: string): readonly string[] {
  const start = lines.indexOf(`  chain ${name} {`);
  assert.ok(start >= 0, `there is a chain ${name}`);
  return lines.slice(start + 1, lines.indexOf('  }', start)).map((line) => line.trim());
}

const group = (ingress: readonly SecurityGroupRule[], egress: readonly SecurityGroupRule[] = []): SecurityGroup => ({
  groupId: 'sg-1',
  ingress,
  egress,
});

test('a group without rules, and one nobody has told of, allow nothing', () => {
  for (const lines of [scriptOf([group([])]), scriptOf([group([])], { groups: new Map() })]) {
    assert.deepEqual(chain(lines, 'in-0'), ['drop']);
    assert.deepEqual(chain(lines, 'out-0'), ['drop']);
    assert.ok(lines.includes('    ip saddr vmap { 172.31.0.5 : jump out-0 }'));
    assert.ok(lines.includes('    ip daddr vmap { 172.31.0.5 : jump in-0 }'));
  }
});

test('each kind of rule has its words', () => {
  const cases: readonly (readonly [SecurityGroupRule, string])[] = [
    [{ protocol: 6, fromPort: 80, toPort: 80, peer: anywhere }, 'tcp dport 80 return'],
    [
      { protocol: 17, fromPort: 53, toPort: 60, peer: { cidr: '10.0.0.0/8' } },
      'udp dport 53-60 ip saddr 10.0.0.0/8 return',
    ],
    [{ protocol: 6, fromPort: 0, toPort: 65_535, peer: anywhere }, 'meta l4proto tcp return'],
    [{ protocol: 6, fromPort: 1, toPort: 2, peer: { groupId: 'sg-2' } }, 'tcp dport 1-2 ip saddr @of-sg-2 return'],
    [{ protocol: 1, fromPort: -1, toPort: -1, peer: anywhere }, 'meta l4proto icmp return'],
    [{ protocol: 1, fromPort: 8, toPort: -1, peer: anywhere }, 'icmp type 8 return'],
    [{ protocol: 1, fromPort: 3, toPort: 4, peer: anywhere }, 'icmp type 3 icmp code 4 return'],
    [{ protocol: 50, peer: anywhere }, 'meta l4proto 50 return'],
    [{ protocol: -1, peer: { cidr: '10.1.2.3/32' } }, 'ip saddr 10.1.2.3/32 return'],
  ];
  for (const [rule, words] of cases) assert.deepEqual(chain(scriptOf([group([rule])]), 'in-0'), [words, 'drop']);
});

test('a rule for all traffic to anywhere leaves nothing to drop, and egress looks at where a packet goes', () => {
  const rules = [
    { protocol: 6, fromPort: 80, toPort: 80, peer: anywhere },
    { protocol: -1, peer: anywhere },
  ];
  assert.deepEqual(chain(scriptOf([group([], rules)]), 'out-0'), ['return']);
  const narrow = [{ protocol: -1, peer: { cidr: '10.0.0.0/8' } }];
  assert.deepEqual(chain(scriptOf([group([], narrow)]), 'out-0'), ['ip daddr 10.0.0.0/8 return', 'drop']);
});

test('members of a group that is a peer stand in a set, and tasks with the same groups share their chains', () => {
  const rules = [{ protocol: -1, peer: { groupId: 'sg-2' } }];
  const lines = scriptOf([group(rules)], {
    tasks: [
      { address: '172.31.0.5', securityGroupIds: ['sg-1', 'sg-3'] },
      { address: '172.31.0.6', securityGroupIds: ['sg-3', 'sg-1'] },
    ],
    members: new Map([['sg-2', new Set(['172.31.0.9', '172.31.16.9'])]]),
    nameServers: ['10.0.0.2'],
  });
  assert.ok(lines.includes('  set of-sg-2 { type ipv4_addr; elements = { 172.31.0.9, 172.31.16.9 } }'));
  assert.ok(lines.includes('    ip daddr vmap { 172.31.0.5 : jump in-0, 172.31.0.6 : jump in-0 }'));
  assert.ok(lines.includes('    ip daddr { 10.0.0.2 } meta l4proto { tcp, udp } th dport 53 accept'));
  // What has begun goes on before any gate is asked, and the table replaces the one there is in the same script.
  assert.ok(
    lines.indexOf('    ct state established,related accept') < lines.findIndex((line) => line.includes('vmap')),
  );
  assert.deepEqual(lines.slice(0, 3), [
    'table inet longshore-a',
    'delete table inet longshore-a',
    'table inet longshore-a {',
  ]);
});

test('nothing but addresses and ids gets into the script', () => {
  const told = [{ protocol: -1, peer: { groupId: 'sg-2; } flush ruleset' } }];
  assert.throws(() => scriptOf([group(told)]));
  assert.throws(() => scriptOf([group([{ protocol: -1, peer: { cidr: '0.0.0.0/0; flush ruleset' } }])]));
  assert.throws(() => scriptOf([group([])], { tasks: [{ address: 'x', securityGroupIds: ['sg-1'] }] }));
});
