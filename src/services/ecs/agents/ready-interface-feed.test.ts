import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longshoreAgentHash, type PayloadMessage, type ReadyInterfacesMessage } from '../../../agent/contract.ts';
import { Runner } from '../../../control/runner.ts';
import { ensureDefaultVpc } from '../../ec2/default-vpc.ts';
import { subnets } from '../../ec2/tables.ts';
import { ecsService } from '../service.ts';
import { type TaskDefinitionRecord, taskDefinitions } from '../tables.ts';
import { AgentScene, definition, scope, StockAgent, taskOf } from './agent-scene.test.ts';

const awsvpc: TaskDefinitionRecord = {
  ...definition,
  arn: `${definition.arn}0`,
  definition: { ...definition.definition, networkMode: 'awsvpc' },
};

/** An agent that keeps what it is told, in the order in which it is told. */
class ReadyAgent extends StockAgent {
  readonly told: ReadyInterfacesMessage[] = [];
  /** Addresses, `+` where a task came with one and `-` where it is not ready any more. */
  readonly order: string[] = [];

  override receiveOther(type: string, message: never): void {
    if (type === 'PayloadMessage') {
      for (const { elasticNetworkInterfaces = [] } of (message as PayloadMessage).tasks) {
        for (const { ipv4Addresses } of elasticNetworkInterfaces) {
          this.order.push(`+${ipv4Addresses[0]?.privateAddress}`);
        }
      }
    }
    if (type !== 'ReadyInterfacesMessage') return;
    const before = this.addresses;
    this.told.push(message);
    for (const address of before) if (!this.addresses.includes(address)) this.order.push(`-${address}`);
  }

  get addresses(): readonly string[] {
    return this.told.at(-1)?.interfaces.map(({ privateIpv4Address }) => privateIpv4Address) ?? [];
  }
}

async function openScene() {
  const scene = await AgentScene.open();
  const subnetId = await scene.store.update((tx, env) => {
    ensureDefaultVpc(tx, env, scope);
    tx.put(taskDefinitions, awsvpc);
    return [...tx.list(subnets)][0]?.subnetId ?? '';
  });
  const { reconcilers } = ecsService(scene.parts);
  new Runner({ store: scene.store, clock: scene.clock, log: scene.log, reconcilers }).start();
  const newTask = (n: number, instanceArn: string) =>
    taskOf(n, instanceArn, {
      taskDefinitionArn: awsvpc.arn,
      lastStatus: 'PROVISIONING',
      networkInterface: {
        subnetId,
        securityGroupIds: [],
        attachmentId: `00000000-0000-0000-0000-00000000000${n}`,
        attachmentStatus: 'PRECREATED',
        assignPublicIp: false,
      },
    });
  return { scene, newTask };
}

test('an agent that asks is told of the interfaces that are ready for it, and again after a connection', async () => {
  const { scene, newTask } = await openScene();
  const arn = await scene.register();
  const agent = new ReadyAgent(arn);
  await scene.connect(agent, { agentHash: longshoreAgentHash, readyInterfaces: 2 });
  assert.deepEqual(agent.addresses, []);
  assert.equal(agent.told.length, 1, 'none are ready, which it has to know to clear away what it has');
  await scene.put(newTask(1, arn));
  await scene.clock.advance(2000);
  assert.equal(agent.addresses.length, 2);
  const ready = agent.told.at(-1)?.interfaces[0];
  assert.match(ready?.macAddress ?? '', /^0e:/);
  assert.match(ready?.subnet.cidrBlock ?? '', /^172\.31\..*\/20$/);
  const again = new ReadyAgent(arn);
  await scene.connect(again, { agentHash: longshoreAgentHash, readyInterfaces: 2 });
  assert.deepEqual(again.addresses, agent.addresses);
  const without = new ReadyAgent(arn);
  await scene.connect(without, { agentHash: longshoreAgentHash });
  await scene.clock.advance(2000);
  assert.equal(scene.instance(arn).readyInterfaces, undefined);
  assert.equal(without.told.length, 0);
});

for (const commitMs of [0, 20, 300]) {
  test(`an interface is ready until the payload of its task is there, with commits of ${commitMs} ms`, async () => {
    const { scene, newTask } = await openScene();
    const arn = await scene.register();
    const agent = new ReadyAgent(arn);
    await scene.connect(agent, { agentHash: longshoreAgentHash, readyInterfaces: 3 });
    await scene.put(newTask(1, arn));
    await scene.clock.advance(10_000);
    const first = agent.addresses;
    assert.equal(first.length, 3);
    scene.slowJournal(commitMs);
    for (const n of [2, 3, 4]) {
      void scene.put(newTask(n, arn));
      await scene.clock.advance(n === 3 ? 0 : commitMs / 2);
    }
    await scene.clock.advance(20_000);
    const given = agent.order.filter((step) => step.startsWith('+')).slice(1);
    assert.deepEqual(
      given,
      first.map((address) => `+${address}`),
      'in the order in which they were made',
    );
    for (const address of first) {
      const [came, went] = [agent.order.indexOf(`+${address}`), agent.order.indexOf(`-${address}`)];
      assert.ok(came >= 0 && came < went, `${address}: ${agent.order.join(' ')}`);
    }
    assert.equal(agent.addresses.length, 3);
  });
}
