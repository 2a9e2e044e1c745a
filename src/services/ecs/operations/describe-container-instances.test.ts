import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AgentScene, taskOf } from '../agents/agent-scene.test.ts';
import { describeContainerInstances } from './describe-container-instances.ts';

it('what tasks occupy is taken from what remains, and all three numbers are there', async () => {
  const scene = await AgentScene.open();
  const arn = await scene.register();
  const reservation = { cpuUnits: 512, memoryMiB: 100, tcpPorts: [80], udpPorts: [53], networkInterfaces: 0, gpus: 0 };
  await scene.put(
    taskOf(1, arn, { reservation, lastStatus: 'RUNNING' }),
    taskOf(2, arn, { reservation: { ...reservation, tcpPorts: [], udpPorts: [] } }),
    taskOf(3, arn, { reservation, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }),
  );
  const { containerInstances } = await describeContainerInstances({ containerInstances: [arn] }, scene.context());
  const [instance] = containerInstances ?? [];
  const zeros = { doubleValue: 0, longValue: 0, integerValue: 0 };
  assert.deepEqual(instance?.remainingResources, [
    { ...zeros, name: 'CPU', type: 'INTEGER', integerValue: 1024 },
    { ...zeros, name: 'MEMORY', type: 'INTEGER', integerValue: 3896 },
    { ...zeros, name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '80'] },
    { ...zeros, name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: ['53'] },
  ]);
  assert.deepEqual(instance.registeredResources?.[0], { ...zeros, name: 'CPU', type: 'INTEGER', integerValue: 2048 });
  assert.deepEqual([instance.runningTasksCount, instance.pendingTasksCount], [1, 1]);
  assert.deepEqual(instance.registeredAt, new Date(scene.instance(arn).registeredAt));
});

it('tags and health are shown to who asks for them', async () => {
  const scene = await AgentScene.open();
  const arn = await scene.register();
  const ask = async (include: readonly ('TAGS' | 'CONTAINER_INSTANCE_HEALTH')[]) =>
    (await describeContainerInstances({ containerInstances: [arn], include }, scene.context())).containerInstances?.[0];
  assert.equal((await ask([]))?.healthStatus, undefined);
  assert.deepEqual((await ask(['CONTAINER_INSTANCE_HEALTH']))?.healthStatus, {
    overallStatus: 'INSUFFICIENT_DATA',
    details: [],
  });
});

it('an instance that is not there is a failure, and no instance at all a mistake', async () => {
  const scene = await AgentScene.open();
  const id = '0'.repeat(32);
  const { containerInstances, failures } = await describeContainerInstances(
    { containerInstances: [id] },
    scene.context(),
  );
  assert.deepEqual(containerInstances, []);
  assert.deepEqual(failures, [
    { arn: `arn:aws:ecs:eu-west-1:000000000001:container-instance/default/${id}`, reason: 'MISSING' },
  ]);
  await assert.rejects(async () => await describeContainerInstances({ containerInstances: [] }, scene.context()), {
    code: 'InvalidParameterException',
  });
});
