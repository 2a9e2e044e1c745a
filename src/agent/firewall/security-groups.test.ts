import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsvpc, machine } from '../agent-scene.test.ts';
import type { PayloadTask, SecurityGroupsMessage } from '../contract.ts';

const address = '172.31.4.5';
const guarded = (): PayloadTask => {
  const task = awsvpc(address);
  return { ...task, longshore: { ...task.longshore, logs: [], securityGroupIds: ['sg-1'] } };
};

const allowing = (
  sequence: number,
  changes: { readonly added?: readonly string[]; readonly removed?: readonly string[] } = {},
): SecurityGroupsMessage => ({
  messageId: `groups-${sequence}`,
  sequence,
  groups:
    sequence === 1 ? [{ groupId: 'sg-1', ingress: [{ protocol: -1, peer: { groupId: 'sg-2' } }], egress: [] }] : [],
  members: [{ groupId: 'sg-2', added: changes.added ?? [], removed: changes.removed ?? [] }],
});

test('a task waits until the rules of its groups are known and in force', async () => {
  const { peer, start, until, host, sim } = await machine('groups told late');
  await start();
  const wanted = guarded();
  peer.payload(wanted);
  await sim.clock.advance(20_000);
  assert.ok(!peer.has(wanted.arn, 'RUNNING'));
  peer.send('SecurityGroupsMessage', allowing(1, { added: ['172.31.4.9'] }));
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.match(host.firewall.table(host.firewall.tableNames[0] ?? '') ?? '', /of-sg-2 .*172\.31\.4\.9/);
});

test('a task whose groups are not told in half a minute ends and says so', async () => {
  const { peer, start, until } = await machine('groups not told');
  await start();
  const wanted = guarded();
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  assert.match(String(peer.told(wanted.arn).at(-1)?.['reason']), /has not said what the security groups of the task/);
});

test('what comes twice counts once, what is ahead of its turn does not count, and a new session begins anew', async () => {
  const { peer, start, until, host, sim } = await machine('groups told twice');
  await start();
  const members = (): string =>
    /elements = \{ ([^}]*) \}/.exec(host.firewall.table(host.firewall.tableNames[0] ?? '') ?? '')?.[1] ?? '';
  const wanted = guarded();
  peer.payload(wanted);
  peer.send('SecurityGroupsMessage', allowing(1, { added: ['172.31.4.9'] }));
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  peer.send('SecurityGroupsMessage', allowing(3, { added: ['172.31.4.30'] }));
  peer.send('SecurityGroupsMessage', allowing(2, { added: ['172.31.4.10'], removed: ['172.31.4.9'] }));
  peer.send('SecurityGroupsMessage', allowing(1, { added: ['172.31.4.9'] }));
  await sim.clock.advance(1000);
  assert.equal(members(), '172.31.4.10');
  assert.equal(
    peer.frames.filter(({ message }) => message['messageId'] === 'groups-1').length,
    2,
    'the first acknowledgement may have got lost',
  );
  assert.ok(!peer.acknowledged('groups-3'), 'it is sent again when its turn has come');
  peer.disconnect();
  await sim.clock.advance(10_000);
  peer.send('SecurityGroupsMessage', allowing(1, { added: ['172.31.4.11'] }));
  await sim.clock.advance(1000);
  assert.equal(members(), '172.31.4.11');
});

test('rules of a task that ended while the agent was away do not stay', async () => {
  const { peer, start, kill, until, host, sim } = await machine('groups of nobody');
  await start();
  const wanted = guarded();
  peer.payload(wanted);
  peer.send('SecurityGroupsMessage', allowing(1));
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.equal(host.firewall.tableNames.length, 1);
  kill();
  for (const { id } of host.engine.containers) host.engine.crashContainer(id, 137);
  await start();
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  await sim.clock.advance(1000);
  assert.deepEqual(host.firewall.tableNames, [], 'the control plane has no groups to tell of any more');
});
