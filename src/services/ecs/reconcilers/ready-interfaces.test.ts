import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, Operation } from '../../../aws/operation.ts';
import type { Parsed } from '../../../aws/operation.ts';
import { createSubnet } from '../../ec2/operations/create-subnet.ts';
import { deleteSubnet } from '../../ec2/operations/delete-subnet.ts';
import { describeNetworkInterfaces } from '../../ec2/operations/describe-network-interfaces.ts';
import { describeSubnets } from '../../ec2/operations/describe-subnets.ts';
import { networkInterfaces, readyInterfaces, type ReadyInterfaceRecord, subnets } from '../../ec2/tables.ts';
import { runTask } from '../operations/run-task.ts';
import { type ContainerInstanceRecord, containerInstances, subnetUses } from '../tables.ts';
import { openTaskScene, type TaskScene } from '../task-scene.test.ts';

/** A scene with one instance of the Fargate pool, whose agent wants so many. */
async function openScene(wanted: number): Promise<{ readonly ecs: TaskScene; readonly host: ContainerInstanceRecord }> {
  const ecs = await openTaskScene();
  const host = await ecs.pool(1, { cpuUnits: 100_000, memoryMiB: 100_000, record: { readyInterfaces: wanted } });
  await ecs.define({ networkMode: 'awsvpc', cpu: '256', memory: '512', requiresCompatibilities: ['FARGATE'] });
  return { ecs, host };
}

async function runIn(ecs: TaskScene, subnetId: string, count = 1): Promise<readonly string[]> {
  const arns: string[] = [];
  for (let left = count; left > 0; left -= 10) {
    const { tasks = [] } = await ecs.ask(runTask, {
      taskDefinition: 'web',
      launchType: 'FARGATE',
      count: Math.min(10, left),
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnetId] } },
    });
    arns.push(...tasks.map(({ taskArn = '' }) => taskArn));
  }
  return arns;
}

function heldOf(ecs: TaskScene, subnetId?: string): readonly ReadyInterfaceRecord[] {
  return ecs.store
    .view((reader) => [...reader.list(readyInterfaces)])
    .filter((held) => subnetId === undefined || held.subnetId === subnetId)
    .sort((a, b) => a.order - b.order);
}

function askEc2<Input, Output>(
  { call, store }: TaskScene & { readonly call: Call },
  operation: Operation<Input, Output>,
  input: Parsed<Input>,
): Promise<unknown> {
  return Promise.resolve(operation(input, { call, store, parts: undefined }));
}

test('an instance has interfaces ready in the subnets of its tasks, and its next task is given the oldest', async () => {
  const { ecs, host } = await openScene(3);
  const [subnetId] = ecs.subnetIds;
  await ecs.settle();
  assert.equal(heldOf(ecs).length, 0, 'no task shows that they are of use');
  await runIn(ecs, subnetId);
  await ecs.settle();
  const [first, second, third, ...more] = heldOf(ecs, subnetId);
  assert.ok(first && second && third);
  assert.deepEqual([more.length, heldOf(ecs).length, first.holder], [0, 3, host.arn]);

  const [arn] = await runIn(ecs, subnetId);
  await ecs.settle();
  const given = ecs.task(arn).networkInterface;
  const { networkInterfaceId, macAddress, privateIpv4Address } = first;
  assert.deepEqual(
    [given?.networkInterfaceId, given?.macAddress, given?.privateIpv4Address],
    [networkInterfaceId, macAddress, privateIpv4Address],
  );
  const now = heldOf(ecs, subnetId).map((held) => held.networkInterfaceId);
  assert.equal(now.length, 3);
  assert.deepEqual(now.slice(0, 2), [second.networkInterfaceId, third.networkInterfaceId]);
});

test('an instance whose agent wants none has none', async () => {
  const { ecs } = await openScene(0);
  await runIn(ecs, ecs.subnetIds[0]);
  await ecs.settle();
  assert.equal(heldOf(ecs).length, 0);
  assert.equal(
    ecs.store.view((reader) => [...reader.list(subnetUses)].length),
    0,
  );
});

test('two subnets share what is kept ready, and one without tasks for an hour has none', async () => {
  const { ecs } = await openScene(3);
  const [one, other] = ecs.subnetIds;
  await runIn(ecs, one);
  await runIn(ecs, other);
  await ecs.settle();
  assert.equal(heldOf(ecs).length, 3);
  assert.ok(heldOf(ecs, one).length > 0 && heldOf(ecs, other).length > 0);
  await ecs.clock.advance(50 * 60_000);
  await runIn(ecs, other);
  await ecs.settle();
  assert.equal(heldOf(ecs).length, 3);
  await ecs.clock.advance(11 * 60_000);
  await ecs.settle();
  assert.deepEqual([heldOf(ecs, one).length, heldOf(ecs, other).length], [0, 3]);
  await ecs.clock.advance(60 * 60_000);
  await ecs.settle();
  assert.equal(heldOf(ecs).length, 0);
  assert.equal(
    ecs.store.view((reader) => [...reader.list(subnetUses)].length),
    0,
  );
});

test('who is not active any more, or wants none, has none', async () => {
  for (const change of [{ status: 'DRAINING' }, { status: 'INACTIVE' }, { readyInterfaces: 0 }] as const) {
    const { ecs, host } = await openScene(2);
    await runIn(ecs, ecs.subnetIds[0]);
    await ecs.settle();
    assert.equal(heldOf(ecs).length, 2);
    await ecs.store.update((tx) => {
      const now = tx.get(containerInstances, host.arn);
      assert.ok(now);
      tx.put(containerInstances, { ...now, ...change });
    });
    await ecs.settle();
    assert.equal(heldOf(ecs).length, 0, JSON.stringify(change));
  }
});

test('nobody sees an interface that is only ready, and it keeps no subnet from being deleted', async () => {
  const { ecs } = await openScene(4);
  const vpcId = ecs.store.view((reader) => reader.get(subnets, ecs.subnetIds[0])?.vpcId ?? '');
  await askEc2(ecs, createSubnet, { VpcId: vpcId, CidrBlock: '172.31.240.0/24', AvailabilityZone: 'us-east-1a' });
  const subnetId = ecs.store.view(
    (reader) => [...reader.list(subnets)].find(({ cidrBlock }) => cidrBlock === '172.31.240.0/24')?.subnetId ?? '',
  );
  const available = async (): Promise<number | undefined> => {
    const answer = await describeSubnets(
      { SubnetIds: [subnetId] },
      { call: ecs.call, store: ecs.store, parts: undefined },
    );
    return answer.Subnets?.[0]?.AvailableIpAddressCount;
  };
  const shown = async (): Promise<number | undefined> => {
    const answer = await describeNetworkInterfaces({}, { call: ecs.call, store: ecs.store, parts: undefined });
    return answer.NetworkInterfaces?.length;
  };
  const before = (await available()) ?? 0;
  const [arn] = await runIn(ecs, subnetId);
  await ecs.settle();
  assert.equal(heldOf(ecs, subnetId).length, 4);
  assert.deepEqual([await available(), await shown()], [before - 1, 1]);

  await ecs.report(arn, { status: 'STOPPED' });
  await ecs.settle();
  assert.equal(heldOf(ecs, subnetId).length, 4);
  await askEc2(ecs, deleteSubnet, { SubnetId: subnetId });
  await ecs.settle();
  assert.equal(heldOf(ecs).length, 0);
});

test('what is ready leaves room: it is at most a quarter of what is free, and a full subnet has none', async () => {
  const { ecs } = await openScene(8);
  const vpcId = ecs.store.view((reader) => reader.get(subnets, ecs.subnetIds[0])?.vpcId ?? '');
  await askEc2(ecs, createSubnet, { VpcId: vpcId, CidrBlock: '172.31.240.0/28', AvailabilityZone: 'us-east-1a' });
  const subnetId = ecs.store.view(
    (reader) => [...reader.list(subnets)].find(({ cidrBlock }) => cidrBlock === '172.31.240.0/28')?.subnetId ?? '',
  );
  await runIn(ecs, subnetId);
  await ecs.settle();
  assert.equal(heldOf(ecs, subnetId).length, 2, 'of the eleven addresses of a /28 one is used');
  const arns = await runIn(ecs, subnetId, 10);
  await ecs.settle();
  assert.deepEqual(
    arns.map((arn) => ecs.task(arn).lastStatus),
    arns.map(() => 'PENDING'),
    'those that were only held are given away last',
  );
  assert.equal(heldOf(ecs, subnetId).length, 0);
  const addresses = ecs.store.view((reader) => [...reader.list(networkInterfaces)].map((it) => it.privateIpv4Address));
  assert.equal(new Set(addresses).size, 11);
  const [late] = await runIn(ecs, subnetId);
  await ecs.settle();
  assert.match(ecs.task(late).stoppedReason ?? '', /InsufficientFreeAddressesInSubnet/);
});
