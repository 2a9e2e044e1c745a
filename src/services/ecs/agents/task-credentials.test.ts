import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IamRoleCredentialsMessage, RoleCredentials } from '../../../agent/contract.ts';
import { simHash } from '../../../world/sim/sim-hash.ts';
import { SimRandom } from '../../../world/sim/sim-random.ts';
import { createRole } from '../../iam/operations/create-role.ts';
import { deleteRole } from '../../iam/operations/delete-role.ts';
import { createSessionTokens, findKey } from '../../sts/public.ts';
import { isTaskOver } from '../public.ts';
import { submitTaskStateChange } from '../operations/submit-task-state-change.ts';
import { taskDefinitions } from '../tables.ts';
import { AgentScene, cluster, definition, StockAgent, taskOf } from './agent-scene.test.ts';

const hourMs = 3_600_000;
const roleArn = 'arn:aws:iam::000000000001:role/app';

async function openScene(): Promise<AgentScene> {
  const scene = await AgentScene.open();
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const input = { RoleName: 'app', AssumeRolePolicyDocument: JSON.stringify(trust) };
  await createRole(input, { ...scene.context(), parts: undefined });
  await scene.store.update((tx) => {
    const withRoles = { ...definition.definition, taskRoleArn: roleArn, executionRoleArn: 'app' };
    tx.put(taskDefinitions, { ...definition, definition: withRoles });
  });
  return scene;
}

/** An agent that also keeps the credentials that come by themselves. */
class AgentWithRoles extends StockAgent {
  readonly renewed: IamRoleCredentialsMessage[] = [];
  override receiveOther(type: string, message: never): void {
    if (type === 'IAMRoleCredentialsMessage') this.renewed.push(message);
  }
}

/** Who holds the keys now, as the gateway would be told. */
function holder(scene: AgentScene, keys: RoleCredentials | undefined): string | undefined {
  const tokens = createSessionTokens(simHash, new SimRandom(9));
  return scene.store.view((reader) => {
    const found = findKey(
      reader,
      tokens,
      keys?.accessKeyId ?? '',
      keys?.sessionToken,
      ({ task }) => task !== undefined && isTaskOver(reader, task),
    );
    return found?.secretAccessKey === keys?.secretAccessKey ? found?.principal.arn : undefined;
  });
}

describe('the credentials of a task', () => {
  it('come with its payload, are of its roles, and end with it', async () => {
    const scene = await openScene();
    const arn = await scene.register();
    const task = taskOf(1, arn);
    await scene.put(task);
    const agent = new AgentWithRoles(arn);
    await scene.connect(agent);
    const [sent] = agent.payloads[0]?.tasks ?? [];
    const { roleCredentials: own, executionRoleCredentials: execution } = sent ?? {};
    assert.equal(own?.roleArn, roleArn);
    assert.equal(execution?.roleArn, roleArn);
    assert.notEqual(own.credentialsId, execution.credentialsId);
    assert.equal(Date.parse(own.expiration), scene.clock.now() + 6 * hourMs);
    const session = `arn:aws:sts::000000000001:assumed-role/app/${task.id}`;
    assert.equal(holder(scene, own), session);
    assert.equal(holder(scene, execution), session);
    assert.equal(holder(scene, { ...own, accessKeyId: execution.accessKeyId }), undefined);
    await submitTaskStateChange({ cluster: cluster.arn, task: task.arn, status: 'STOPPED' }, scene.context());
    assert.equal(holder(scene, own), undefined);
  });

  it('are renewed under the same id when a quarter of their time is left', async () => {
    const scene = await openScene();
    const arn = await scene.register();
    await scene.put(taskOf(1, arn, { lastStatus: 'RUNNING' }));
    const agent = new AgentWithRoles(arn);
    await scene.connect(agent);
    const [sent] = agent.payloads[0]?.tasks ?? [];
    await scene.clock.advance(4.4 * hourMs);
    assert.equal(agent.renewed.length, 0);
    await scene.clock.advance(0.2 * hourMs);
    assert.deepEqual(
      agent.renewed.map(({ roleType, roleCredentials }) => [roleType, roleCredentials.credentialsId]),
      [
        ['TaskApplication', sent?.roleCredentials?.credentialsId],
        ['TaskExecution', sent?.executionRoleCredentials?.credentialsId],
      ],
    );
    const [renewed] = agent.renewed;
    assert.notEqual(renewed?.roleCredentials.accessKeyId, sent?.roleCredentials?.accessKeyId);
    assert.ok(holder(scene, renewed?.roleCredentials));
    assert.ok(holder(scene, sent?.roleCredentials), 'the old ones go on until they expire');
    await scene.clock.advance(4.6 * hourMs);
    assert.equal(agent.renewed.length, 4);
  });

  it('have the same ids after a restart, and the old ones are still taken', async () => {
    const scene = await openScene();
    const arn = await scene.register();
    await scene.put(taskOf(1, arn));
    const agent = new AgentWithRoles(arn);
    await scene.connect(agent);
    await scene.restart();
    await scene.connect(agent);
    const [before, after] = agent.payloads.map(({ tasks }) => tasks[0]?.roleCredentials);
    assert.equal(after?.credentialsId, before?.credentialsId);
    assert.ok(holder(scene, before));
  });

  it('cannot be had of a role that is gone: the task stops, and says which', async () => {
    const scene = await openScene();
    const arn = await scene.register();
    const task = taskOf(1, arn);
    await scene.put(task);
    await deleteRole({ RoleName: 'app' }, { ...scene.context(), parts: undefined });
    const agent = new AgentWithRoles(arn);
    await scene.connect(agent);
    assert.deepEqual(
      agent.payloads.map(({ tasks }) => tasks.map(({ desiredStatus }) => desiredStatus)),
      [['STOPPED']],
    );
    const { stopCode, stoppedReason, desiredStatus } = scene.task(task.arn);
    assert.deepEqual([stopCode, desiredStatus], ['TaskFailedToStart', 'STOPPED']);
    assert.match(stoppedReason ?? '', /^ECS was unable to assume the role 'arn:aws:iam::000000000001:role\/app'/);
  });
});
