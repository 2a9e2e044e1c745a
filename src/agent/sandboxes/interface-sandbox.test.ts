import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimHost } from '../../world/sim/sim-world.ts';
import { container, machine, type Peer, task } from '../agent-scene.test.ts';
import type { PayloadTask, ReadyInterface } from '../contract.ts';
import { pauseName } from '../state.ts';
import { interfaceKey, interfaceKeyOf } from './interface-sandbox.ts';
import { sandboxLabel } from './sandbox.ts';

const subnet = { subnetId: 'subnet-1', cidrBlock: '172.31.0.0/20', gateway: '172.31.0.1' };

/** The interface number `n`. */
function ready(n: number): ReadyInterface {
  return {
    privateIpv4Address: `172.31.4.${n}`,
    macAddress: `0e:00:00:00:00:${String(n).padStart(2, '0')}`,
    privateDnsName: `ip-172-31-4-${n}.ec2.internal`,
    subnet: { cidrBlock: subnet.cidrBlock, gateway: subnet.gateway },
  };
}

/** A task that the control plane gave that interface. */
function taskWith(of: ReadyInterface, over: Partial<PayloadTask> = {}): PayloadTask {
  const { privateIpv4Address, macAddress, privateDnsName } = of;
  return task([container('app', 'sleep 3600'), container('side', 'sleep 3600')], {
    networkMode: 'awsvpc',
    longshore: { logs: [], subnet },
    elasticNetworkInterfaces: [
      {
        attachmentArn: `arn:attachment/${privateIpv4Address}`,
        ec2Id: `eni-${privateIpv4Address}`,
        macAddress,
        ipv4Addresses: [{ privateAddress: privateIpv4Address, primary: true }],
        subnetGatewayIpv4Address: '172.31.0.1/20',
        privateDnsName,
        domainNameServers: [],
        index: 0,
        interfaceAssociationProtocol: 'default',
      },
    ],
    ...over,
  });
}

const stopped = (wanted: PayloadTask): PayloadTask => ({ ...wanted, desiredStatus: 'STOPPED' });
const tell = (peer: Peer, ...interfaces: readonly ReadyInterface[]): void =>
  peer.send('ReadyInterfacesMessage', { messageId: 'ready', interfaces });

/** What holds a network on the machine: sandboxes by their label, other pause containers by their name. */
function holdersOf(host: SimHost): readonly string[] {
  return host.engine.containers
    .filter(({ name, labels }) => sandboxLabel in labels || name.includes('internalecspause'))
    .map(({ labels }) => labels[sandboxLabel] ?? 'pause container');
}

function networksOf(host: SimHost): readonly (string | undefined)[] {
  return host.engine.containers
    .filter(({ labels, name }) => !(sandboxLabel in labels) && !name.includes('internalecspause'))
    .map(({ body }) => body.HostConfig?.NetworkMode);
}

test('a task whose interface was told beforehand runs in the sandbox that has it', async () => {
  const { peer, start, until, host } = await machine('ready', { warmSandboxes: 2 });
  const agent = await start();
  tell(peer, ready(1), ready(2));
  await until(() => agent.sandboxes().interfacesReady === 2);
  const sandbox = host.engine.containers.find(({ labels }) => labels[sandboxLabel] === interfaceKey(ready(2)));
  const wanted = taskWith(ready(2));
  peer.payload(wanted);
  tell(peer, ready(1));
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.deepEqual(peer.statuses(wanted.arn).slice(0, 1), ['ATTACHED']);
  assert.deepEqual(networksOf(host), [`container:${sandbox?.id}`, `container:${sandbox?.id}`]);
  assert.deepEqual(holdersOf(host), [interfaceKey(ready(1)), interfaceKey(ready(2))]);
  const { body } = sandbox ?? {};
  assert.equal(body?.Hostname, 'ip-172-31-4-2.ec2.internal');
  assert.equal(sandbox?.inspect().NetworkSettings.Networks['longshore-172.31.0.0-20']?.IPAddress, '172.31.4.2');
  assert.equal(agent.tasks()[0]?.containers[pauseName]?.address, '172.31.4.2');
  const { interfaceHits, interfaceMisses, interfacesReady } = agent.sandboxes();
  assert.deepEqual([interfaceHits, interfaceMisses, interfacesReady], [1, 0, 1]);

  peer.payload(stopped(wanted));
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  assert.deepEqual(holdersOf(host), [interfaceKey(ready(1))], 'the address is free before anybody is told');
});

test('a task with another interface has a pause container of its own, and is counted', async () => {
  const { peer, start, until, host } = await machine('miss', { warmSandboxes: 1 });
  const agent = await start();
  tell(peer, ready(1));
  await until(() => agent.sandboxes().interfacesReady === 1);
  const wanted = taskWith(ready(2));
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.deepEqual(holdersOf(host), [interfaceKey(ready(1)), 'pause container']);
  assert.deepEqual([agent.sandboxes().interfaceHits, agent.sandboxes().interfaceMisses], [0, 1]);
});

test('an interface that is given up, and one that is not told again after a start, are cleared away', async () => {
  const { peer, start, until, kill, host, sim } = await machine('given up', { warmSandboxes: 3 });
  const agent = await start();
  tell(peer, ready(1), ready(2), ready(3));
  await until(() => agent.sandboxes().interfacesReady === 3);
  tell(peer, ready(1), ready(2));
  await until(() => holdersOf(host).length === 2);
  kill();
  const next = await start();
  await sim.clock.advance(40_000);
  assert.equal(holdersOf(host).length, 2, 'before it is told anything');
  assert.equal(next.sandboxes().interfacesReady, 2);
  tell(peer, ready(2));
  await until(() => holdersOf(host).length === 1);
  assert.deepEqual(holdersOf(host), [interfaceKey(ready(2))]);
});

test('an agent that keeps none makes none', async () => {
  const stage = await machine('none kept', { warmSandboxes: 0 });
  const agent = await stage.start();
  tell(stage.peer, ready(1));
  const wanted = taskWith(ready(1));
  stage.peer.payload(wanted);
  await stage.until(() => stage.peer.has(wanted.arn, 'RUNNING'));
  assert.deepEqual(holdersOf(stage.host), ['pause container']);
  assert.deepEqual([agent.sandboxes().interfaceHits, agent.sandboxes().interfaceMisses], [0, 0]);
});

// While the sandbox is created, started, looked at.
for (const afterMs of [500, 520, 545, 580, 640, 700]) {
  test(`a task that comes ${afterMs} ms after its interface has that address alone`, async () => {
    const { peer, start, until, host, sim } = await machine(`meanwhile ${afterMs}`, { warmSandboxes: 1 });
    await start();
    await sim.clock.advance(10_000);
    tell(peer, ready(1));
    await sim.clock.advance(afterMs);
    const wanted = taskWith(ready(1));
    peer.payload(wanted);
    tell(peer);
    await until(() => peer.has(wanted.arn, 'RUNNING'));
    assert.equal(holdersOf(host).length, 1);
    assert.equal(new Set(networksOf(host)).size, 1);
    peer.payload(stopped(wanted));
    await until(() => peer.has(wanted.arn, 'STOPPED'));
    assert.equal(holdersOf(host).length, 0);
  });
}

for (const killAtMs of [0, 3, 10, 30, 80, 150, 300, 700, 1500]) {
  test(`an agent killed ${killAtMs} ms after a payload gives its sandbox to that task alone and leaves none over`, async () => {
    const { peer, start, until, kill, host, sim } = await machine(`killed ${killAtMs}`, { warmSandboxes: 2 });
    const before = await start();
    tell(peer, ready(1), ready(2));
    await until(() => before.sandboxes().interfacesReady === 2);
    const wanted = taskWith(ready(1));
    peer.payload(wanted);
    tell(peer, ready(2));
    await sim.clock.advance(killAtMs);
    kill();
    await start();
    peer.payload(wanted);
    tell(peer, ready(2));
    await until(() => peer.has(wanted.arn, 'RUNNING'));
    const joined = networksOf(host);
    assert.equal(new Set(joined).size, 1);
    assert.deepEqual([...holdersOf(host)].sort(), [interfaceKey(ready(1)), interfaceKey(ready(2))]);
    peer.payload(stopped(wanted));
    await until(() => peer.has(wanted.arn, 'STOPPED'));
    await until(() => holdersOf(host).length === 1);
  });
}

test('a sandbox of another interface with the same address goes before the task has its network', async () => {
  const { peer, start, until, host } = await machine('same address', { warmSandboxes: 1 });
  const agent = await start();
  tell(peer, ready(1));
  await until(() => agent.sandboxes().interfacesReady === 1);
  const wanted = taskWith({ ...ready(1), macAddress: '0e:00:00:00:00:99' });
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.deepEqual(holdersOf(host), ['pause container']);
});

for (const atMs of [0, 1, 5, 20]) {
  test(`a sandbox that ends ${atMs} ms after its task came is started again before anything runs in it`, async () => {
    const { peer, start, until, host, sim } = await machine(`ends ${atMs}`, { warmSandboxes: 1 });
    const agent = await start();
    tell(peer, ready(1));
    await until(() => agent.sandboxes().interfacesReady === 1);
    const [sandbox] = host.engine.containers;
    const wanted = taskWith(ready(1));
    peer.payload(wanted);
    await sim.clock.advance(atMs);
    host.engine.crashContainer(sandbox?.id ?? '', 137);
    await until(() => peer.has(wanted.arn, 'RUNNING') || peer.has(wanted.arn, 'STOPPED'));
    assert.ok(peer.has(wanted.arn, 'RUNNING'));
    assert.equal(sandbox?.isRunning, true);
  });
}

test('a task ends with the sandbox that its containers run in, as with its pause container', async () => {
  const { peer, start, until, host } = await machine('sandbox ends', { warmSandboxes: 1 });
  const agent = await start();
  tell(peer, ready(1));
  await until(() => agent.sandboxes().interfacesReady === 1);
  const [sandbox] = host.engine.containers;
  const wanted = taskWith(ready(1));
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  host.engine.crashContainer(sandbox?.id ?? '', 137);
  await until(() => peer.has(wanted.arn, 'STOPPED'));
});

test('a pause container that has to be another than a sandbox is made for the task', () => {
  assert.equal(interfaceKeyOf(taskWith(ready(1))), interfaceKey(ready(1)));
  assert.equal(interfaceKeyOf(taskWith(ready(1), { ipcMode: 'task' })), undefined);
  assert.equal(interfaceKeyOf(taskWith(ready(1), { networkMode: 'bridge' })), undefined);
  const [card] = taskWith(ready(1)).elasticNetworkInterfaces ?? [];
  assert.ok(card);
  const named = taskWith(ready(1), { elasticNetworkInterfaces: [{ ...card, domainNameServers: ['10.0.0.2'] }] });
  assert.equal(interfaceKeyOf(named), undefined);
});
