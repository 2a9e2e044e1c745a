import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTask } from './operations/run-task.ts';
import { updateContainerInstancesState } from './operations/update-container-instances-state.ts';
import { groupKey } from './rules/placement/capacity.ts';
import { openPlacement, placementIndex } from './placement-index.ts';
import { openTaskScene, type TaskScene } from './task-scene.test.ts';
import { tasks } from './tables.ts';

const one = { taskDefinition: 'web', placementConstraints: [{ type: 'distinctInstance' }] } as const;

test('a report that changes nothing but a container does not hide the task from placement', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  const { tasks: [first] = [] } = await ecs.ask(runTask, one);
  await ecs.ask(runTask, one);
  await ecs.report(first?.taskArn, { status: 'PENDING', pullStartedAt: 5 });
  const { tasks: more = [], failures = [] } = await ecs.ask(runTask, one);
  assert.deepEqual(more, []);
  assert.equal(failures[0]?.reason, 'DistinctInstance placement constraint unsatisfied.');
});

test('a transaction that is undone leaves no trace in what placement remembers', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  const { tasks: [first] = [] } = await ecs.ask(runTask, one);
  assert.equal(free(ecs), undefined);
  const undone = ecs.store.update((tx) => {
    tx.delete(tasks, first?.taskArn ?? '');
    assert.ok(freeIn(tx));
    throw new Error('undone');
  });
  await assert.rejects(undone, { message: 'undone' });
  assert.equal(free(ecs), undefined);
});

test('an instance that drains leaves its pool and comes back with the tasks it has', async () => {
  const ecs = await openTaskScene();
  const { arn } = await ecs.host(1);
  await ecs.define();
  await ecs.ask(updateContainerInstancesState, { containerInstances: [arn], status: 'DRAINING' });
  await ecs.refuses(runTask, one, 'InvalidParameterException', 'No Container Instances were found in your cluster.');
  await ecs.ask(updateContainerInstancesState, { containerInstances: [arn], status: 'ACTIVE' });
  assert.equal((await ecs.ask(runTask, one)).tasks?.length, 1);
  assert.equal((await ecs.ask(runTask, one)).tasks?.length, 0);
});

function free(ecs: TaskScene): string | undefined {
  return ecs.store.view((reader) => freeIn(reader));
}

/** The instance for another task of the group that is to be alone on its instance. */
function freeIn(reader: Parameters<typeof openPlacement>[0]): string | undefined {
  assert.ok(reader.projected(placementIndex));
  const scope = { accountId: '123456789012', region: 'us-east-1' };
  const clusterArn = 'arn:aws:ecs:us-east-1:123456789012:cluster/default';
  const wanted = {
    reservation: { cpuUnits: 1, memoryMiB: 1, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 },
    requiredAttributes: [],
    distinctInstance: true,
    groupKey: groupKey({ clusterArn, group: 'family:web' }),
  };
  return openPlacement(reader, { launchType: 'EC2', clusterArn, scope }, wanted, []).choose(() => 0)?.instance.arn;
}
