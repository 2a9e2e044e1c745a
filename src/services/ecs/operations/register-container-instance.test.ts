import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fargatePoolAttribute } from '../../../agent/contract.ts';
import { AgentScene, cluster, instanceRole, root, StockAgent, taskOf } from '../agents/agent-scene.test.ts';
import { withAgentMembers } from '../agents/agent-model.ts';
import { clusters } from '../tables.ts';
import { describeContainerInstances } from './describe-container-instances.ts';
import { listContainerInstances } from './list-container-instances.ts';
import { type RegisterContainerInstanceInput, registerContainerInstance } from './register-container-instance.ts';

const resources = [{ name: 'CPU', type: 'INTEGER', integerValue: 1024 }];

describe('RegisterContainerInstance', () => {
  it('gives every attribute back as it was sent, and an availability zone', async () => {
    const scene = await AgentScene.open();
    const attributes = [
      { name: 'ecs.capability.task-eni' },
      { name: 'empty', value: '' },
      { name: 'rack', value: '7' },
    ];
    const { containerInstance } = await registerContainerInstance(
      { cluster: 'default', attributes, totalResources: resources },
      scene.context(),
    );
    assert.deepEqual(containerInstance?.attributes, [
      ...attributes,
      { name: 'ecs.availability-zone', value: 'eu-west-1a' },
    ]);
    assert.match(
      containerInstance.containerInstanceArn ?? '',
      /^arn:aws:ecs:eu-west-1:000000000001:container-instance\/default\/[0-9a-f]{32}$/,
    );
    assert.match(containerInstance.ec2InstanceId ?? '', /^i-[0-9a-f]{17}$/);
    assert.equal(containerInstance.status, 'ACTIVE');
    assert.equal(containerInstance.agentConnected, false);
  });

  it('takes names from an identity document where there is one', async () => {
    const scene = await AgentScene.open();
    const instanceIdentityDocument = JSON.stringify({
      instanceId: 'i-0123456789abcdef0',
      availabilityZone: 'eu-west-1c',
      instanceType: 'm5.large',
      imageId: 'ami-1',
    });
    const { containerInstance } = await registerContainerInstance({ instanceIdentityDocument }, scene.context());
    assert.equal(containerInstance?.ec2InstanceId, 'i-0123456789abcdef0');
    assert.deepEqual(containerInstance.attributes, [
      { name: 'ecs.availability-zone', value: 'eu-west-1c' },
      { name: 'ecs.instance-type', value: 'm5.large' },
      { name: 'ecs.ami-id', value: 'ami-1' },
    ]);
  });

  it('gives an external instance a managed instance id', async () => {
    const scene = await AgentScene.open();
    const { containerInstance } = await registerContainerInstance(
      { attributes: [{ name: 'ecs.capability.external' }] },
      scene.context(),
    );
    assert.match(containerInstance?.ec2InstanceId ?? '', /^mi-[0-9a-f]{17}$/);
  });

  it('has the words by which an agent knows that it must make its cluster', async () => {
    const scene = await AgentScene.open();
    await refused(scene, { cluster: 'other' }, 'ClusterNotFoundException', /Cluster not found\./);
    await scene.store.update((tx) => tx.put(clusters, { ...cluster, status: 'INACTIVE' }));
    await refused(scene, {}, 'ClusterNotFoundException', /Cluster not found\./);
  });

  it('keeps the instance, its tasks and the attributes users put on it when its agent registers again', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register([{ name: 'ecs.capability.old' }, { name: 'rack', value: '7' }]);
    await scene.put(taskOf(1, arn));
    const { containerInstance } = await registerContainerInstance(
      {
        cluster: 'default',
        containerInstanceArn: arn,
        attributes: [{ name: 'ecs.capability.new' }],
        totalResources: resources,
      },
      scene.context(),
    );
    assert.equal(containerInstance?.containerInstanceArn, arn);
    assert.equal(containerInstance.pendingTasksCount, 1);
    assert.deepEqual(
      containerInstance.attributes?.map(({ name }) => name),
      ['ecs.capability.new', 'ecs.availability-zone', 'rack'],
    );
    assert.equal(containerInstance.registeredResources?.[0]?.integerValue, 1024);
  });

  it('makes one instance of repeated attempts with one token', async () => {
    const scene = await AgentScene.open();
    const first = await registerContainerInstance({ clientToken: 't' }, scene.context());
    const again = await registerContainerInstance({ clientToken: 't' }, scene.context());
    const other = await registerContainerInstance({ clientToken: 'u' }, scene.context());
    assert.equal(again.containerInstance?.containerInstanceArn, first.containerInstance?.containerInstanceArn);
    assert.notEqual(other.containerInstance?.containerInstanceArn, first.containerInstance?.containerInstanceArn);
  });

  it('reads that token though the published model does not have it', async () => {
    const { model } = await import('../../../aws/models/ecs.gen.ts');
    const shape = withAgentMembers(model).shapes['RegisterContainerInstanceRequest'];
    assert(shape?.kind === 'structure');
    assert.deepEqual(shape.members['clientToken'], { shape: 'string' });
    assert.ok(shape.members['totalResources'], 'and all that the model has');
  });

  it('refuses another type of machine under the same ARN', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register([{ name: 'ecs.instance-type', value: 'a' }]);
    const changed = { containerInstanceArn: arn, attributes: [{ name: 'ecs.instance-type', value: 'b' }] };
    await refused(scene, changed, 'InvalidParameterException', /Container instance type changes are not supported\./);
    const external = { containerInstanceArn: arn, attributes: [{ name: 'ecs.capability.external' }] };
    await refused(scene, external, 'InvalidParameterException', /Container instance type changes are not supported\./);
  });

  it('refuses an ARN that is not there, and the instance of another principal', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register();
    await refused(scene, { containerInstanceArn: `${arn}0` }, 'InvalidParameterException', /was not found/);
    await refused(scene, { containerInstanceArn: arn }, 'AccessDeniedException', /Only the principal/, root);
  });
});

describe('the Fargate pool', () => {
  const pool = { attributes: [{ name: fargatePoolAttribute, value: 'true' }] };

  it('is registered by root alone', async () => {
    const scene = await AgentScene.open();
    await refused(scene, pool, 'AccessDeniedException', /root user/, instanceRole);
  });

  it('needs no cluster and is shown by none, and its agent gets tasks of every cluster', async () => {
    const scene = await AgentScene.open();
    const arn = await scene.register(pool.attributes, root);
    assert.equal(scene.instance(arn).capacity, 'FARGATE');
    const listed = await listContainerInstances({ cluster: 'default' }, scene.context(root));
    assert.deepEqual(listed.containerInstanceArns, []);
    await assert.rejects(
      async () => await describeContainerInstances({ containerInstances: [arn] }, scene.context(root)),
      /same cluster/,
    );
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    const described = await describeContainerInstances({ containerInstances: [id] }, scene.context(root));
    assert.equal(described.failures?.[0]?.reason, 'MISSING');
    const agent = new StockAgent(arn);
    await scene.connect(agent, { principalArn: root });
    await scene.put(taskOf(1, arn, { launchType: 'FARGATE', clusterArn: 'arn:of:another/cluster' }));
    await scene.clock.settle();
    assert.equal(agent.known.size, 1);
  });
});

async function refused(
  scene: AgentScene,
  input: RegisterContainerInstanceInput,
  code: string,
  message: RegExp,
  principalArn?: string,
): Promise<void> {
  const attempt = async (): Promise<unknown> =>
    await registerContainerInstance(
      input as Parameters<typeof registerContainerInstance>[0],
      scene.context(principalArn),
    );
  await assert.rejects(attempt, { code, message });
}
