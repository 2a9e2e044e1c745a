import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkInterfaces, subnets } from '../../ec2/tables.ts';
import { simHash } from '../../../world/sim/sim-hash.ts';
import { SimLog } from '../../../world/sim/sim-log.ts';
import { SimRandom } from '../../../world/sim/sim-random.ts';
import { createEcsParts } from '../parts.ts';
import { stoppedTasksAfter } from './stopped-tasks.ts';
import { runTask } from '../operations/run-task.ts';
import { stopTask } from '../operations/stop-task.ts';
import { limits } from '../rules/limits.ts';
import { clientTokens, containerInstances, tasks } from '../tables.ts';
import { openTaskScene, type TaskScene } from '../task-scene.test.ts';

const awsvpc = { networkMode: 'awsvpc', cpu: '256', memory: '512' } as const;

async function runAwsvpc(ecs: TaskScene): Promise<string> {
  await ecs.pool(1);
  await ecs.define({ ...awsvpc, requiresCompatibilities: ['FARGATE'] });
  const { tasks: run } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]] } },
  });
  return run?.[0]?.taskArn ?? '';
}

function interfacesOf(ecs: TaskScene): number {
  return ecs.store.view((reader) => [...reader.list(networkInterfaces)].length);
}

test('an awsvpc task is given its network interface and takes it to its end', async () => {
  const ecs = await openTaskScene();
  const arn = await runAwsvpc(ecs);
  await ecs.settle();
  const pending = await ecs.described(arn);
  assert.equal(pending.lastStatus, 'PENDING');
  const [attachment] = pending.attachments ?? [];
  const details = Object.fromEntries((attachment?.details ?? []).map(({ name, value }) => [name, value]));
  assert.deepEqual(Object.keys(details), [
    'subnetId',
    'networkInterfaceId',
    'macAddress',
    'privateDnsName',
    'privateIPv4Address',
  ]);
  assert.match(details['networkInterfaceId'] ?? '', /^eni-/);
  assert.match(details['privateIPv4Address'] ?? '', /^172\.31\./);
  assert.deepEqual(pending.containers?.[0]?.networkInterfaces, [
    { attachmentId: attachment?.id, privateIpv4Address: details['privateIPv4Address'] },
  ]);
  assert.equal(interfacesOf(ecs), 1);

  await ecs.report(arn, { status: 'RUNNING' });
  assert.equal((await ecs.described(arn)).attachments?.[0]?.status, 'ATTACHED');
  await ecs.report(arn, { status: 'STOPPED' });
  assert.equal((await ecs.described(arn)).lastStatus, 'DEPROVISIONING');
  await ecs.settle();
  const stopped = await ecs.described(arn);
  assert.deepEqual([stopped.lastStatus, stopped.attachments?.[0]?.status], ['STOPPED', 'DELETED']);
  assert.equal(interfacesOf(ecs), 0);
});

test('a task stopped before it has its interface stops by itself', async () => {
  const ecs = await openTaskScene();
  const arn = await runAwsvpc(ecs);
  await ecs.ask(stopTask, { task: arn, reason: 'changed my mind' });
  await ecs.settle();
  const stopped = await ecs.described(arn);
  assert.deepEqual(
    [stopped.lastStatus, stopped.stopCode, stopped.stoppedReason],
    ['STOPPED', 'UserInitiated', 'changed my mind'],
  );
  assert.equal(interfacesOf(ecs), 0);
});

test('a PENDING task that is wanted STOPPED waits for its agent, which may have it', async () => {
  const ecs = await openTaskScene();
  const arn = await runAwsvpc(ecs);
  await ecs.settle();
  await ecs.ask(stopTask, { task: arn });
  await ecs.settle();
  assert.equal(ecs.task(arn).lastStatus, 'PENDING');
});

test('tasks of an instance that is deregistered or gone stop by themselves', async () => {
  const ecs = await openTaskScene();
  const [inactive, gone] = [await ecs.host(1), await ecs.host(2)];
  await ecs.define();
  const { tasks: run = [] } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    count: 2,
    placementConstraints: [{ type: 'distinctInstance' }],
  });
  await ecs.settle();
  assert.deepEqual(
    run.map((task) => ecs.task(task.taskArn).lastStatus),
    ['PENDING', 'PENDING'],
  );
  await ecs.store.update((tx) => {
    tx.put(containerInstances, { ...inactive, status: 'INACTIVE' });
    tx.delete(containerInstances, gone.arn);
  });
  await ecs.settle();
  for (const { taskArn } of run) {
    const { lastStatus, containerInstanceArn, stoppedReason } = ecs.task(taskArn);
    assert.equal(lastStatus, 'STOPPED');
    const expected = containerInstanceArn === gone.arn ? /gone/ : /^Container instance deregistration forced by user$/;
    assert.match(stoppedReason ?? '', expected);
  }
});

test('a task whose subnet has no free address fails to start', async () => {
  const ecs = await openTaskScene();
  await ecs.pool(1, { cpuUnits: 100_000, memoryMiB: 100_000 });
  await ecs.define({ ...awsvpc, requiresCompatibilities: ['FARGATE'] });
  const [subnetId] = ecs.subnetIds;
  await ecs.store.update((tx) => {
    const subnet = tx.get(subnets, subnetId);
    assert(subnet);
    // Sixteen addresses, of which AWS keeps five.
    tx.put(subnets, { ...subnet, cidrBlock: '172.31.0.0/28' });
  });
  const input = {
    taskDefinition: 'web',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnetId] } },
  } as const;
  for (const count of [10, 2]) await ecs.ask(runTask, { ...input, count });
  await ecs.settle();
  const all = ecs.store.view((reader) => [...reader.list(tasks)]);
  const failed = all.filter((task) => task.lastStatus !== 'PENDING');
  assert.equal(failed.length, 1);
  assert.deepEqual([failed[0]?.lastStatus, failed[0]?.stopCode], ['STOPPED', 'TaskFailedToStart']);
  assert.match(failed[0]?.stoppedReason ?? '', /InsufficientFreeAddressesInSubnet/);
  const addresses = new Set(all.map((task) => task.networkInterface?.privateIpv4Address));
  assert.equal(addresses.size, 12); // eleven, and none for the one that failed
});

test('a task whose subnet is gone fails to start', async () => {
  const ecs = await openTaskScene();
  const arn = await runAwsvpc(ecs);
  await ecs.store.update((tx) => tx.delete(subnets, ecs.subnetIds[0]));
  await ecs.settle();
  const stopped = await ecs.described(arn);
  assert.deepEqual([stopped.lastStatus, stopped.stopCode], ['STOPPED', 'TaskFailedToStart']);
  assert.match(stopped.stoppedReason ?? '', /InvalidSubnetID.NotFound/);
});

test('when all is done the reconcilers write nothing more', async () => {
  const ecs = await openTaskScene();
  const arn = await runAwsvpc(ecs);
  await ecs.settle();
  const before = ecs.task(arn);
  await ecs.settle();
  assert.equal(ecs.task(arn), before);
});

test('stopped tasks stay an hour and then go, all of them', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { cpuUnits: 100_000, memoryMiB: 100_000 });
  await ecs.define();
  const arns: string[] = [];
  for (let round = 0; round < 15; round += 1) {
    const { tasks: run = [] } = await ecs.ask(runTask, { taskDefinition: 'web', count: 10 });
    arns.push(...run.map((task) => task.taskArn ?? ''));
  }
  const [kept = '', ...stopped] = arns;
  for (const arn of stopped) await ecs.report(arn, { status: 'STOPPED' });
  await ecs.clock.advance(limits.stoppedTaskMs - 2_000);
  await ecs.settle();
  assert.equal(
    ecs.store.view((reader) => [...reader.list(tasks)].length),
    arns.length,
  );
  await ecs.clock.advance(2_000);
  await ecs.settle();
  assert.deepEqual(
    ecs.store.view((reader) => [...reader.list(tasks)].map((task) => task.arn)),
    [kept],
  );
});

test('stopped tasks stay as long as is configured, and never less than an hour', async () => {
  const ecs = await openTaskScene();
  const sources = { clock: ecs.clock, random: new SimRandom(1), hash: simHash, log: new SimLog(ecs.clock) };
  assert.equal(createEcsParts(sources).stoppedTaskMs, limits.stoppedTaskMs);
  assert.equal(createEcsParts({ ...sources, stoppedTaskMs: 60_000 }).stoppedTaskMs, limits.stoppedTaskMs);
  const { stoppedTaskMs } = createEcsParts({ ...sources, stoppedTaskMs: 2 * limits.stoppedTaskMs });
  await ecs.host(1);
  await ecs.define();
  const { tasks: [run] = [] } = await ecs.ask(runTask, { taskDefinition: 'web' });
  await ecs.report(run?.taskArn, { status: 'STOPPED' });
  await ecs.clock.advance(2 * limits.stoppedTaskMs - 2_000);
  await ecs.settle([stoppedTasksAfter(stoppedTaskMs)]);
  assert.equal(ecs.task(run?.taskArn).lastStatus, 'STOPPED');
  await ecs.clock.advance(2_000);
  await ecs.settle([stoppedTasksAfter(stoppedTaskMs)]);
  assert.equal(
    ecs.store.view((reader) => [...reader.list(tasks)].length),
    0,
  );
});

test('client tokens go after a day', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  await ecs.ask(runTask, { taskDefinition: 'web', clientToken: 'a' });
  await ecs.clock.advance(limits.clientTokenMs - 2_000);
  await ecs.settle();
  assert.equal(
    ecs.store.view((reader) => [...reader.list(clientTokens)].length),
    1,
  );
  await ecs.clock.advance(2_000);
  await ecs.settle();
  assert.equal(
    ecs.store.view((reader) => [...reader.list(clientTokens)].length),
    0,
  );
});
