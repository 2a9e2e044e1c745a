import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longshoreAgentHash, type SecurityGroupsMessage } from '../../../agent/contract.ts';
import { Runner } from '../../../control/runner.ts';
import { ensureDefaultVpc } from '../../ec2/default-vpc.ts';
import { securityGroups, subnets } from '../../ec2/tables.ts';
import { ecsService } from '../service.ts';
import { type TaskDefinitionRecord, taskDefinitions } from '../tables.ts';
import { AgentScene, definition, scope, StockAgent, taskOf } from './agent-scene.test.ts';

const awsvpc: TaskDefinitionRecord = {
  ...definition,
  arn: `${definition.arn}0`,
  definition: { ...definition.definition, networkMode: 'awsvpc' },
};

/** Keeps what it is told of security groups, and says that it took it unless it is `deaf`. */
class GuardingAgent extends StockAgent {
  readonly told: SecurityGroupsMessage[] = [];
  isDeaf = false;

  override receiveOther(type: string, message: never): void {
    if (type !== 'SecurityGroupsMessage' || this.isDeaf) return;
    this.told.push(message);
    this.acknowledgeLast();
  }

  acknowledgeLast(): void {
    if (this.acknowledges) this.send('AckRequest', { messageId: this.told.at(-1)?.messageId });
  }
}

async function openScene() {
  const scene = await AgentScene.open();
  const { subnetId, groupId } = await scene.store.update((tx, env) => {
    ensureDefaultVpc(tx, env, scope);
    tx.put(taskDefinitions, awsvpc);
    return {
      subnetId: [...tx.list(subnets)][0]?.subnetId ?? '',
      groupId: [...tx.list(securityGroups)][0]?.groupId ?? '',
    };
  });
  const { reconcilers } = ecsService(scene.parts);
  new Runner({ store: scene.store, clock: scene.clock, log: scene.log, reconcilers }).start();
  const agent = new GuardingAgent(await scene.register());
  await scene.connect(agent, { agentHash: longshoreAgentHash });
  const addTask = (n: number) =>
    scene.put(
      taskOf(n, agent.instanceArn, {
        taskDefinitionArn: awsvpc.arn,
        lastStatus: 'PROVISIONING',
        networkInterface: {
          subnetId,
          securityGroupIds: [groupId],
          attachmentId: `00000000-0000-0000-0000-00000000000${n}`,
          attachmentStatus: 'PRECREATED',
          assignPublicIp: false,
        },
      }),
    );
  return { scene, agent, groupId, addTask };
}

test('the groups of a task are told again and again until the agent has taken them', async () => {
  const { scene, agent, groupId, addTask } = await openScene();
  agent.isDeaf = true;
  await addTask(1);
  await scene.clock.advance(20_000);
  agent.isDeaf = false;
  await scene.clock.advance(6000);
  assert.deepEqual(
    agent.told.map(({ sequence, groups }) => [sequence, groups.map((group) => group.groupId)]),
    [[1, [groupId]]],
  );
  await scene.clock.advance(60_000);
  assert.equal(agent.told.length, 1, 'it was acknowledged');
});

test('what changes meanwhile is told only when the agent has taken what was told before', async () => {
  const { scene, agent, groupId, addTask } = await openScene();
  agent.acknowledges = false;
  await addTask(1);
  await addTask(2);
  await scene.clock.advance(20_000);
  assert.deepEqual([...new Set(agent.told.map(({ sequence }) => sequence))], [1]);
  agent.acknowledges = true;
  agent.acknowledgeLast();
  await scene.clock.advance(1000);
  const addresses = agent.told
    .filter(({ sequence }, index) => agent.told.findIndex((other) => other.sequence === sequence) === index)
    .flatMap(({ members }) => members)
    .flatMap((change) => (change.groupId === groupId ? change.added : []));
  assert.equal(new Set(addresses).size, 2, 'the default group lets its members in, and both tasks are');
  assert.equal(addresses.length, 2, 'each is told of once');
});
