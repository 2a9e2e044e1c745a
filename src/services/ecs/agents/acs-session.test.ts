import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { longshoreAgentHash } from '../../../agent/contract.ts';
import { deregisterContainerInstance } from '../operations/deregister-container-instance.ts';
import { submitTaskStateChange } from '../operations/submit-task-state-change.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { requestStop } from '../rules/lifecycle.ts';
import { tasks } from '../tables.ts';
import { AgentScene, cluster, instanceRole, root, StockAgent, taskOf } from './agent-scene.test.ts';

const stopped = { stopCode: 'UserInitiated', reason: 'Task stopped by user' } as const;

describe('a new session', () => {
  it('gets a manifest of all tasks first, then their payloads, with rising numbers', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    await scene.put(taskOf(1, arn), taskOf(2, arn, { desiredStatus: 'STOPPED' }));
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    assert.deepEqual(agent.types, ['TaskManifestMessage', 'PayloadMessage']);
    const [manifest] = agent.manifests;
    assert.equal(manifest?.clusterArn, cluster.arn);
    assert.deepEqual(
      manifest.tasks.map(({ taskArn, desiredStatus }) => [taskArn, desiredStatus]),
      [
        [taskOf(1, arn).arn, 'RUNNING'],
        [taskOf(2, arn).arn, 'STOPPED'],
      ],
    );
    assert.deepEqual(
      agent.payloads[0]?.tasks.map((task) => [task.arn, task.desiredStatus]),
      [
        [taskOf(1, arn).arn, 'RUNNING'],
        [taskOf(2, arn).arn, 'STOPPED'],
      ],
    );
    assertRising(agent.numbers);
  });

  it('makes the instance connected, with the versions the agent tells', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    assert.equal(scene.instance(arn).agentConnected, false);
    await scene.connect(new StockAgent(arn));
    assert.equal(scene.instance(arn).agentConnected, true);
    assert.deepEqual(scene.instance(arn).versionInfo, {
      agentVersion: '1.105.1',
      agentHash: 'abc',
      dockerVersion: 'DockerVersion: 25.0.1',
    });
  });

  it('gets members of ours only when the agent says that it is ours', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    await scene.put(taskOf(1, arn));
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    assert.equal(known(agent, taskOf(1, arn).arn).longshore, undefined);
    await scene.connect(agent, { agentHash: longshoreAgentHash });
    assert.deepEqual(known(agent, taskOf(1, arn).arn).longshore, { logs: [] });
  });

  it('sends many tasks in several payloads', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const all = Array.from({ length: 245 }, (_, n) => taskOf(n, arn));
    for (let at = 0; at < all.length; at += 100) await scene.put(...all.slice(at, at + 100));
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    assert.deepEqual(
      agent.payloads.map((payload) => payload.tasks.length),
      [...Array.from({ length: 12 }, () => 20), 5],
    );
    assert.equal(agent.known.size, 245);
  });
});

describe('an open session', () => {
  it('gets what is placed on its instance and nothing of others', async () => {
    const scene = await AgentScene.open();
    const mine = await scene.register();
    const other = await scene.register();
    const agent = new StockAgent(mine);
    await scene.connect(agent);
    await scene.put(taskOf(1, mine), taskOf(2, other));
    await scene.clock.settle();
    assert.deepEqual([...agent.known.keys()], [taskOf(1, mine).arn]);
  });

  it('gets no task before it is PENDING', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    const task = taskOf(1, arn, { lastStatus: 'PROVISIONING' });
    await scene.put(task);
    await scene.clock.settle();
    assert.equal(agent.payloads.length, 0);
    await scene.put({ ...task, lastStatus: 'PENDING' });
    await scene.clock.settle();
    assert.deepEqual([...agent.known.keys()], [task.arn]);
  });

  it('is told to stop a task, and nothing more when the agent has reported', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const task = taskOf(1, arn);
    await scene.put(task);
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    await submit(scene, task.arn, 'RUNNING');
    assert.equal(scene.task(task.arn).lastStatus, 'RUNNING');
    assert.equal(agent.payloads.length, 1, 'a report changes nothing of what is wanted');
    await scene.change(task.arn, (it) => requestStop(it, stopped, scene.clock.now()));
    await scene.clock.settle();
    assert.deepEqual(
      agent.payloads[1]?.tasks.map((it) => [it.arn, it.desiredStatus]),
      [[task.arn, 'STOPPED']],
    );
    await submit(scene, task.arn, 'STOPPED');
    await scene.clock.settle();
    assert.equal(scene.task(task.arn).lastStatus, 'STOPPED');
    assert.equal(agent.payloads.length, 2);
  });

  it('is sent again what it does not acknowledge, and not what it does', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    agent.acknowledges = false;
    await scene.put(taskOf(1, arn));
    await scene.clock.advance(61_000);
    assert.ok(agent.payloads.length >= 2, 'sent again');
    agent.acknowledges = true;
    await scene.clock.advance(61_000);
    const count = agent.payloads.length;
    await scene.clock.advance(300_000);
    assert.equal(agent.payloads.length, count);
    assertRising(agent.numbers);
  });

  it('is not written to while it does not read, and then gets the rest', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    await scene.put(taskOf(1, arn));
    const agent = new StockAgent(arn);
    let bufferedBytes = 10_000_000;
    await scene.connect(agent, { bufferedBytes: () => bufferedBytes });
    await scene.clock.advance(10_000);
    assert.deepEqual(agent.types, []);
    bufferedBytes = 0;
    await scene.clock.advance(200);
    assert.deepEqual(agent.types, ['TaskManifestMessage', 'PayloadMessage']);
  });

  it('beats every half minute, and ends when a beat is not answered', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    await scene.clock.advance(600_000);
    assert.equal(agent.types.filter((type) => type === 'HeartbeatMessage').length, 20);
    assert.equal(agent.closed, undefined);
    agent.answersHeartbeats = false;
    await scene.clock.advance(60_000);
    assert.deepEqual(agent.closed, { code: 1001, reason: 'heartbeat not answered' });
  });

  it('ends at the first frame that is none', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const socket = await scene.openAcs(arn);
    assert(!('status' in socket));
    let code: number | undefined;
    socket.onClose((closeCode) => {
      code = closeCode;
    });
    await scene.clock.settle();
    socket.send('hello');
    await scene.clock.settle();
    assert.equal(code, 1008);
  });
});

describe('stop verification', () => {
  it('allows to stop what is over or unknown, and nothing that is wanted', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const [kept, over] = [taskOf(1, arn), taskOf(2, arn)];
    await scene.put(kept, over);
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    agent.known.set(unknownArn, { ...known(agent, kept.arn), arn: unknownArn });
    agent.leave();
    await scene.clock.settle();
    await submit(scene, over.arn, 'STOPPED');
    await scene.connect(agent);
    await scene.clock.settle();
    assert.deepEqual(agent.running(), [kept.arn]);
  });

  it('does not allow to stop a running task that the agent asks about', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const task = taskOf(1, arn);
    await scene.put(task);
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    agent.send('TaskStopVerificationMessage', {
      messageId: 'm',
      stopCandidates: [{ taskArn: task.arn, taskClusterArn: cluster.arn, desiredStatus: 'STOPPED' }],
    });
    await scene.clock.settle();
    assert.ok(agent.types.includes('TaskStopVerificationAck'));
    assert.deepEqual(agent.running(), [task.arn]);
  });
});

describe('the end of a session', () => {
  it('leaves tasks alone, and the instance connected when the agent is back at once', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const task = taskOf(1, arn);
    await scene.put(task);
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    const { version } = scene.instance(arn);
    agent.leave();
    await scene.clock.advance(1000);
    await scene.connect(agent);
    await scene.clock.advance(20_000);
    assert.equal(scene.instance(arn).agentConnected, true);
    assert.equal(scene.instance(arn).version, version, 'it never was disconnected');
    agent.leave();
    await scene.clock.advance(3_600_000);
    assert.equal(scene.instance(arn).agentConnected, false);
    assert.deepEqual(scene.task(task.arn), task);
  });

  it('comes when the same agent opens a newer one', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const [older, newer] = [new StockAgent(arn), new StockAgent(arn)];
    await scene.connect(older);
    await scene.connect(newer);
    assert.equal(older.closed?.reason, 'replaced by a newer session');
    await scene.put(taskOf(1, arn));
    await scene.clock.advance(20_000);
    assert.deepEqual([older.known.size, newer.known.size], [0, 1]);
    assert.equal(scene.instance(arn).agentConnected, true);
  });

  it('comes when the instance is deregistered, and the agent is told so when it returns', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    await deregisterContainerInstance({ cluster: 'default', containerInstance: arn }, scene.context());
    await scene.clock.settle();
    assert.equal(agent.closed?.code, 1000);
    const refusal = await scene.openAcs(arn);
    assert('status' in refusal);
    assert.deepEqual(bodyOf(refusal), {
      InactiveInstanceException: 'The container instance is not active.',
    });
  });
});

describe('who may open a session', () => {
  it('is the principal that registered the instance', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    for (const principalArn of [root, `${instanceRole}0`]) {
      const refusal = await scene.openAcs(arn, { principalArn });
      assert('status' in refusal);
      assert.equal(refusal.status, 403);
      assert.deepEqual(Object.keys(bodyOf(refusal)), ['AccessDeniedException']);
    }
  });

  it('is nobody from elsewhere while the agent is there', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    const refusal = await scene.openAcs(arn, { address: '10.9.9.9' });
    assert('status' in refusal);
    assert.equal(agent.closed, undefined);
    assert.ok(scene.log.lines.some((line) => line.includes('second agent session refused')));
    agent.leave();
    await scene.clock.settle();
    await scene.connect(new StockAgent(arn), { address: '10.9.9.9' });
  });

  it('is nobody for an instance that is not there', async () => {
    const scene = await AgentScene.open();
    const refusal = await scene.openAcs('arn:aws:ecs:eu-west-1:000000000001:container-instance/default/x');
    assert('status' in refusal);
    assert.deepEqual(Object.keys(bodyOf(refusal)), ['InvalidInstanceException']);
  });
});

describe('a restart of the server', () => {
  it('goes on with higher numbers, even when the clock went back, and the agent takes its manifest', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    await scene.put(taskOf(1, arn));
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    await scene.restart();
    scene.clock.jumpWall(-86_400_000);
    await scene.put(taskOf(2, arn));
    await scene.connect(agent);
    await scene.restart();
    await scene.connect(agent);
    assert.deepEqual(agent.droppedManifests, []);
    assert.equal(agent.manifests.length, 3);
    assert.deepEqual(new Set(agent.known.keys()), new Set([taskOf(1, arn).arn, taskOf(2, arn).arn]));
    assertRising(agent.numbers);
  });

  it('does not declare an instance disconnected before its agent had a minute to come back', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    await scene.connect(new StockAgent(arn));
    await scene.restart();
    await scene.clock.advance(59_000);
    assert.equal(scene.instance(arn).agentConnected, true);
    await scene.clock.advance(2000);
    assert.equal(scene.instance(arn).agentConnected, false);
  });
});

describe('the journal', () => {
  it('has what an agent is told before the agent is', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const [task, other] = [taskOf(1, arn), taskOf(2, arn)];
    await scene.put(task);
    const agent = new StockAgent(arn);
    await scene.connect(agent);
    scene.slowJournal(100);
    const placing = scene.put(other);
    await scene.clock.advance(50);
    // In memory both are over, but a crash would bring them back: no payload, and no leave to stop one of them.
    const stopping = scene.change(task.arn, (it) => ({ ...it, desiredStatus: 'STOPPED', lastStatus: 'STOPPED' }));
    agent.send('TaskStopVerificationMessage', { messageId: 'm', stopCandidates: [{ taskArn: task.arn }] });
    await scene.clock.advance(40);
    assert.deepEqual(agent.types, ['TaskManifestMessage', 'PayloadMessage']);
    await scene.clock.advance(40);
    assert.deepEqual(agent.types.slice(2), [], 'the first commit is durable, the second not yet');
    await scene.clock.advance(300);
    await Promise.all([placing, stopping]);
    assert.deepEqual(new Set(agent.types.slice(2)), new Set(['PayloadMessage', 'TaskStopVerificationAck']));
    assert.deepEqual(agent.running(), [other.arn]);
  });

  it('costs the session and no task when it fails', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    const agent = new StockAgent(arn);
    scene.breakJournal(true);
    await scene.connect(agent);
    assert.equal(agent.closed?.code, 1011);
    await assert.rejects(scene.put(taskOf(1, arn)));
    scene.breakJournal(false);
    await scene.put(taskOf(2, arn));
    await scene.connect(agent);
    assert.deepEqual([...agent.known.keys()], [taskOf(2, arn).arn]);
  });
});

describe('whatever happens in whatever order', () => {
  it('numbers rise, and the agent ends up with what is wanted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...steps), fc.nat(5), fc.nat(40)), { minLength: 1, maxLength: 25 }),
        async (plan) => {
          const scene = await AgentScene.open();
          const arn = await scene.register();
          const agent = new StockAgent(arn);
          let latency = 0;
          const connect = async (): Promise<void> => await scene.connect(agent, { latencyMs: () => latency });
          await connect();
          for (const [step, n, delayMs] of plan) {
            latency = delayMs;
            const task = taskOf(n, arn);
            if (step === 'place') await scene.put(task);
            if (step === 'stop') await scene.put(requestStop(task, stopped, scene.clock.now()));
            if (step === 'leave') agent.leave();
            if (step === 'ignore') agent.acknowledges = !agent.acknowledges;
            if (step === 'wait') await scene.clock.advance(delayMs * 1000);
            if (step === 'restart') await scene.restart();
            if (agent.closed || step === 'restart') await connect();
          }
          agent.acknowledges = true;
          latency = 0;
          await scene.clock.advance(100_000);
          if (agent.closed) await connect();
          await scene.clock.advance(100_000);
          assertRising(agent.numbers);
          assert.deepEqual(agent.droppedManifests, []);
          const wanted = scene.store.view((reader) => [...reader.find(tasks, 'occupying', arn)]);
          for (const task of wanted) assert.equal(agent.known.get(task.arn)?.desiredStatus, task.desiredStatus);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const steps = ['place', 'stop', 'leave', 'ignore', 'wait', 'restart'] as const;
const unknownArn = 'arn:aws:ecs:eu-west-1:000000000001:task/default/ffffffffffffffffffffffffffffffff';

function assertRising(numbers: readonly number[]): void {
  for (const [at, number] of numbers.entries()) {
    assert.ok(at === 0 || number > (numbers[at - 1] ?? 0), `number ${at} of ${numbers.join()} rises`);
    assert.ok(Number.isSafeInteger(number));
  }
}

function known(agent: StockAgent, arn: string): NonNullable<ReturnType<StockAgent['known']['get']>> {
  const task = agent.known.get(arn);
  assert(task);
  return task;
}

async function submit(scene: AgentScene, task: string, status: 'RUNNING' | 'STOPPED'): Promise<void> {
  await submitTaskStateChange(
    {
      cluster: 'default',
      task,
      status,
      containers: [{ containerName: 'app', status, ...(status === 'STOPPED' && { exitCode: 0 }) }],
    },
    scene.context(),
  );
}

function bodyOf(refusal: HttpResponse): object {
  assert(typeof refusal.body === 'string');
  return JSON.parse(refusal.body) as object;
}
