import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../store/store.ts';
import { MemoryJournal } from '../world/sim/memory-journal.ts';
import { agentTables, startAgent } from './agent.ts';
import { awsvpc, container, instanceArn, machine, Peer, task } from './agent-scene.test.ts';

test('an agent registers with what the machine has, and again under its own ARN after a restart', async () => {
  const { peer, start, kill } = await machine('register');
  await start();
  const first = peer.calls.find((call) => call.operation === 'RegisterContainerInstance')?.input;
  assert.deepEqual(first?.['totalResources'], [
    { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 8192 - 128 },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
    { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
  ]);
  assert.equal(first['containerInstanceArn'], undefined);
  assert.match(JSON.stringify(first['attributes']), /"rack"/);
  kill();
  await start();
  const second = peer.calls.findLast((call) => call.operation === 'RegisterContainerInstance')?.input;
  assert.equal(second?.['containerInstanceArn'], instanceArn);
  assert.doesNotMatch(JSON.stringify(second['attributes']), /"rack"/);
});

test('a task runs and is stopped, and each is told once', async () => {
  const { peer, start, until, host } = await machine('run');
  await start();
  const wanted = task([container('app', 'sleep 3600', { portMappings: [{ containerPort: 80, protocol: 'tcp' }] })]);
  const message = peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.ok(peer.acknowledged(message));
  const running = peer.told(wanted.arn).find((input) => input['status'] === 'RUNNING');
  assert.ok(running);
  const [app] = running['containers'] as {
    readonly runtimeId: string;
    readonly networkBindings: readonly { readonly hostPort: number }[];
  }[];
  assert.equal(app?.runtimeId, host.engine.containers[0]?.id);
  assert.ok((app?.networkBindings[0]?.hostPort ?? 0) > 0);
  peer.payload({ ...wanted, desiredStatus: 'STOPPED', containers: [] });
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  assert.deepEqual(
    peer.statuses(wanted.arn).filter((status) => status !== 'PENDING'),
    ['RUNNING', 'STOPPED'],
  );
});

test('a task whose essential container ends at once is told as RUNNING and then as STOPPED with its exit code', async () => {
  const { peer, start, until } = await machine('exit');
  await start();
  const wanted = task([container('app', 'exit 7')]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  assert.ok(peer.has(wanted.arn, 'RUNNING'));
  assert.match(JSON.stringify(peer.told(wanted.arn).at(-1)), /"exitCode":7/);
});

test('an image that cannot be had is told in the stock agent’s words', async () => {
  const { peer, start, until } = await machine('pull');
  await start();
  const wanted = task([container('app', '', { image: 'registry.invalid/no/such:1' })]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  assert.match(
    String(peer.told(wanted.arn).at(-1)?.['reason']),
    /^CannotPullContainerError: Error response from daemon: /,
  );
  assert.ok(!peer.has(wanted.arn, 'RUNNING'));
});

test('a repeated payload changes nothing, and a late one does not run a stopped task again', async () => {
  const { peer, start, until, host, sim } = await machine('repeat');
  await start();
  const wanted = task([container('app', 'sleep 3600')]);
  peer.payload(wanted);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.equal(host.engine.containers.length, 1);
  peer.payload({ ...wanted, desiredStatus: 'STOPPED' });
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  await until(() => host.engine.containers.length === 0, 200_000);
  const late = peer.payload(wanted);
  await until(() => peer.acknowledged(late));
  await sim.clock.advance(60_000);
  assert.equal(host.engine.containers.length, 0);
});

test('an awsvpc task has its address on the subnet’s network and gives it back before it is STOPPED', async () => {
  const { peer, start, until, host } = await machine('awsvpc');
  await start();
  const wanted = awsvpc('172.31.4.5');
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.deepEqual(
    peer.statuses(wanted.arn).filter((status) => status !== 'PENDING'),
    ['ATTACHED', 'RUNNING'],
  );
  assert.deepEqual(host.firewall.joined, ['172.31.0.0/16'], 'other subnets of the VPC are in reach');
  const pause = host.engine.containers.find((one) => one.image && one.name.includes('pause'));
  assert.equal(pause?.inspect().NetworkSettings.Networks['longshore-172.31.0.0-20']?.IPAddress, '172.31.4.5');
  peer.payload({ ...wanted, desiredStatus: 'STOPPED' });
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  const next = awsvpc('172.31.4.5');
  peer.payload(next);
  await until(() => peer.has(next.arn, 'RUNNING'));
  const taken = awsvpc('172.31.4.5');
  peer.payload(taken);
  await until(() => peer.has(taken.arn, 'STOPPED'));
  assert.match(
    String(peer.told(taken.arn).at(-1)?.['reason']),
    /^ResourceInitializationError: .*[Aa]ddress already in use/,
  );
});

test('an agent that is killed at any moment goes on as if it had not been', async () => {
  for (let killAtMs = 0; killAtMs < 700; killAtMs += 23) {
    const { peer, start, until, kill, host, sim } = await machine(`kill ${killAtMs}`);
    await start();
    const wanted = awsvpc('172.31.4.5');
    const message = peer.payload(wanted);
    await sim.clock.advance(killAtMs);
    kill();
    await start();
    if (!peer.acknowledged(message)) peer.payload(wanted);
    await until(() => peer.has(wanted.arn, 'RUNNING'));
    assert.equal(host.engine.containers.filter((one) => one.isRunning).length, 2, `killed after ${killAtMs} ms`);
    assert.equal(host.engine.containers.length, 2, `killed after ${killAtMs} ms`);
  }
});

test('an agent that is killed at any moment of a start ships what the container writes all the same', async () => {
  const LogConfig = { Type: 'awslogs', Config: { 'awslogs-group': 'g', 'awslogs-stream-prefix': 'p' } };
  const dockerConfig = { version: '1.18', config: '{}', hostConfig: JSON.stringify({ LogConfig }) };
  for (let killAtMs = 0; killAtMs < 250; killAtMs += 12) {
    const { peer, start, until, kill, host, sim } = await machine(`output ${killAtMs}`);
    // Of an image that was built here there is nothing to tell before the task runs.
    await sim.clock.runUntilSettled(host.boot().docker.importImage('built:1', new Uint8Array(), []), 60_000);
    await start();
    const app = container('app', 'echo said', { image: 'built:1', dockerConfig });
    const wanted = task([app], { longshore: { logs: ['app'] } });
    const message = peer.payload(wanted);
    await sim.clock.advance(killAtMs);
    kill();
    await sim.clock.advance(1000); // the container ends while no agent runs
    await start();
    if (!peer.acknowledged(message)) peer.payload(wanted);
    await until(() => peer.has(wanted.arn, 'STOPPED'));
    await sim.clock.advance(10_000);
    const put = peer.calls.filter(({ operation }) => operation === 'PutLogEvents');
    assert.match(JSON.stringify(put), /said/, `killed after ${killAtMs} ms`);
  }
});

test('what happened while no agent ran is told by the next one', async () => {
  const { peer, start, until, kill, host } = await machine('meanwhile');
  await start();
  const [ends, vanishes, stays] = [1, 2, 3].map(() => task([container('app', 'sleep 3600')]));
  assert.ok(ends && vanishes && stays);
  peer.payload(ends, vanishes, stays);
  await until(() => [ends, vanishes, stays].every((one) => peer.has(one.arn, 'RUNNING')));
  kill();
  const idOf = (arn: string): string =>
    host.engine.containers.find((one) => one.labels['com.amazonaws.ecs.task-arn'] === arn)?.id ?? '';
  host.engine.crashContainer(idOf(ends.arn), 3);
  host.engine.removeBehindBack(idOf(vanishes.arn));
  await start();
  await until(() => peer.has(ends.arn, 'STOPPED') && peer.has(vanishes.arn, 'STOPPED'));
  assert.match(JSON.stringify(peer.told(ends.arn).at(-1)), /"exitCode":3/);
  assert.match(JSON.stringify(peer.told(vanishes.arn).at(-1)), /ContainerVanishedError/);
  assert.ok(!peer.has(stays.arn, 'STOPPED'));
});

test('what could not be told is told when the control plane is back, also by the next agent', async () => {
  const { peer, start, until, kill, host, sim } = await machine('untold');
  await start();
  const wanted = task([container('app', 'sleep 3600')]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  peer.isReachable = false;
  peer.disconnect();
  host.engine.crashContainer(host.engine.containers[0]?.id ?? '', 9);
  await sim.clock.advance(30_000);
  kill();
  peer.isReachable = true;
  await start();
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  assert.equal(peer.statuses(wanted.arn).filter((status) => status === 'STOPPED').length, 1);
});

test('a state change that the control plane refuses for good is dropped', async () => {
  const { peer, start, until, host, sim } = await machine('refused');
  const agent = await start();
  let refusals = 0;
  peer.refusal = (operation) => {
    if (operation !== 'SubmitTaskStateChange') return undefined;
    refusals += 1;
    return Object.assign(new Error('no such task'), { code: 'InvalidParameterException' });
  };
  peer.payload(task([container('app', 'sleep 3600')]));
  await until(() => refusals > 0 && host.engine.containers.some((one) => one.isRunning));
  await sim.clock.advance(5000);
  const before = refusals;
  await sim.clock.advance(120_000);
  assert.equal(refusals, before);
  assert.equal(agent.isConnected(), true);
});

test('a task the manifest does not list is stopped when the control plane says so', async () => {
  const { peer, start, until, sim } = await machine('manifest');
  await start();
  const [kept, lost] = [task([container('app', 'sleep 3600')]), task([container('app', 'sleep 3600')])];
  peer.payload(kept, lost);
  await until(() => peer.has(kept.arn, 'RUNNING') && peer.has(lost.arn, 'RUNNING'));
  const messageId = peer.manifest([kept.arn]);
  await until(() => peer.frames.some((frame) => frame.type === 'TaskStopVerificationMessage'));
  const asked = peer.frames.find((frame) => frame.type === 'TaskStopVerificationMessage');
  const candidates = [{ taskArn: lost.arn, taskClusterArn: 'arn:cluster', desiredStatus: 'STOPPED' }];
  assert.deepEqual(asked?.message, { messageId, stopCandidates: candidates });
  await sim.clock.advance(5000);
  assert.ok(!peer.has(lost.arn, 'STOPPED'));
  peer.send('TaskStopVerificationAck', { messageId, generatedAt: 0, stopTasks: candidates });
  await until(() => peer.has(lost.arn, 'STOPPED'));
  assert.ok(!peer.has(kept.arn, 'STOPPED'));
});

test('a manifest that is older than what was taken is not even acknowledged', async () => {
  const { peer, start, until, sim } = await machine('old manifest');
  await start();
  const wanted = task([container('app', 'sleep 3600')]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  peer.send('TaskManifestMessage', { messageId: 'old', tasks: [], timeline: 1 });
  await sim.clock.advance(5000);
  assert.ok(!peer.acknowledged('old'));
  assert.ok(!peer.frames.some((frame) => frame.type === 'TaskStopVerificationMessage'));
});

test('an engine that restarts has its containers’ ends told', async () => {
  const { peer, start, until, host } = await machine('engine');
  await start();
  const wanted = task([container('app', 'sleep 3600')]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  host.engine.goDown();
  host.engine.comeBack();
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  const next = task([container('app', 'exit 0')]);
  peer.payload(next);
  await until(() => peer.has(next.arn, 'STOPPED'), 10_000);
});

test('two agents on one engine leave each other’s containers alone', async () => {
  const one = await machine('neighbour');
  await one.start();
  const wanted = task([container('app', 'sleep 3600')]);
  one.peer.payload(wanted);
  await one.until(() => one.peer.has(wanted.arn, 'RUNNING'));
  // A second agent with a state of its own on the same machine.
  const world = one.host.boot();
  const journal = new MemoryJournal(one.sim.clock).open();
  const store = await one.sim.clock.runUntilSettled(
    Store.open({ ...world, journal, tables: agentTables, projections: [] }),
  );
  const config = {
    cluster: 'default',
    fargatePool: false,
    attributes: [],
    reservedMemoryMiB: 0,
    tags: [],
    version: '1',
  };
  const other = await one.sim.clock.runUntilSettled(startAgent({ world, store, backend: new Peer(), config }));
  await one.sim.clock.advance(120_000);
  assert.deepEqual(other.tasks(), []);
  assert.equal(one.host.engine.containers.filter((container_) => container_.isRunning).length, 1);
  assert.ok(!one.peer.has(wanted.arn, 'STOPPED'));
});

test('a container that is restarted by its policy leaves the task RUNNING', async () => {
  const { peer, start, until, host, sim } = await machine('restart');
  const agent = await start();
  const restartPolicy = { enabled: true, ignoredExitCodes: [], restartAttemptPeriod: 60 };
  const wanted = task([container('app', 'sleep 90; exit 1', { restartPolicy })]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  await sim.clock.advance(200_000);
  assert.ok(!peer.has(wanted.arn, 'STOPPED'));
  assert.equal(agent.tasks()[0]?.containers['app']?.restarts, 2);
  assert.equal(host.engine.containers.length, 1);
});

test('telemetry is signed, and says what containers use', async () => {
  const { peer, start, until } = await machine('telemetry');
  await start();
  const wanted = task([container('app', 'sleep 3600')]);
  peer.payload(wanted);
  await until(() => peer.published.some((frame) => frame.includes('"cpuStatsSet"')), 120_000);
  const frame = peer.published.find((one) => one.includes('"cpuStatsSet"')) ?? '';
  const [head, body = ''] = frame.split('\r\n\r\n');
  assert.match(head ?? '', /^Authorization: /);
  const { type, message } = JSON.parse(body);
  assert.equal(type, 'PublishMetricsRequest');
  assert.equal(message.taskMetrics[0].taskArn, wanted.arn);
  assert.equal(message.metadata.fin, true);
});

test('a heartbeat is answered, and a silent connection is given up', async () => {
  const { peer, start, until, sim } = await machine('heartbeat');
  await start();
  peer.send('HeartbeatMessage', { messageId: 'beat', healthy: true });
  await until(() =>
    peer.frames.some((frame) => frame.type === 'HeartbeatAckRequest' && frame.message['messageId'] === 'beat'),
  );
  const lines = (): number => sim.lines.filter((line) => line.includes('no heartbeat')).length;
  await until(() => lines() > 0, 200_000);
});

test('containers of stopped tasks are cleared away after their time, and only then', async () => {
  const { peer, start, until, host, sim } = await machine('cleanup');
  const agent = await start();
  const wanted = task([container('app', 'exit 0')], { volumes: [{ name: 'scratch', type: 'host' }] });
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'STOPPED'));
  await sim.clock.advance(30_000);
  assert.equal(host.engine.containers.length, 1);
  await until(() => host.engine.containers.length === 0, 120_000);
  await until(() => agent.tasks().length === 0);
});

test('a container that its engine hides is taken for gone, and removed when it is shown again', async () => {
  const { peer, start, until, host, sim } = await machine('hidden');
  const agent = await start();
  const wanted = task([container('app', 'sleep 3600')]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  host.engine.hide(() => true);
  await until(() => peer.has(wanted.arn, 'STOPPED'), 120_000);
  await sim.clock.advance(200_000);
  assert.equal(host.engine.containers.length, 1, 'it is there all the time');
  host.engine.hide(undefined);
  await until(() => host.engine.containers.length === 0, 120_000);
  await until(() => agent.tasks().length === 0, 120_000);
  assert.equal(peer.statuses(wanted.arn).at(-1), 'STOPPED');
});
