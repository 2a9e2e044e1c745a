import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTaskScene, type TaskScene } from '../task-scene.test.ts';
import { runTask } from './run-task.ts';
import { stopTask } from './stop-task.ts';

async function running(ecs: TaskScene): Promise<string> {
  await ecs.host(1);
  await ecs.define();
  const { tasks } = await ecs.ask(runTask, { taskDefinition: 'web', tags: [{ key: 'a', value: 'b' }] });
  const arn = tasks?.[0]?.taskArn ?? '';
  await ecs.report(arn, { status: 'RUNNING', containers: [{ name: 'app', status: 'RUNNING' }] });
  return arn;
}

test('a task is wanted STOPPED at once, and stops when its agent has stopped it', async () => {
  const ecs = await openTaskScene();
  const arn = await running(ecs);
  const { task } = await ecs.ask(stopTask, { task: arn });
  assert.deepEqual([task?.desiredStatus, task?.lastStatus], ['STOPPED', 'RUNNING']);
  assert.deepEqual([task?.stopCode, task?.stoppedReason], ['UserInitiated', 'Task stopped by user']);
  assert.ok(task?.stoppingAt);
  await ecs.settle();
  assert.equal((await ecs.described(arn)).lastStatus, 'STOPPING');
  await ecs.report(arn, { status: 'STOPPED', containers: [{ name: 'app', status: 'STOPPED', exitCode: 143 }] });
  const stopped = await ecs.described(arn);
  assert.deepEqual([stopped.lastStatus, stopped.stopCode], ['STOPPED', 'UserInitiated']);
  assert.equal(stopped.containers?.[0]?.exitCode, 143);
  assert.ok(stopped.stoppedAt && stopped.executionStoppedAt);
});

test('the reason given is the one shown, and the tags go', async () => {
  const ecs = await openTaskScene();
  const arn = await running(ecs);
  await ecs.ask(stopTask, { task: arn.slice(-32), reason: 'enough' });
  const { stoppedReason, tags } = await ecs.described(arn);
  assert.deepEqual([stoppedReason, tags], ['enough', []]);
});

test('stopping again changes nothing', async () => {
  const ecs = await openTaskScene();
  const arn = await running(ecs);
  await ecs.ask(stopTask, { task: arn });
  const before = ecs.task(arn);
  const { task } = await ecs.ask(stopTask, { task: arn, reason: 'other' });
  assert.equal(task?.stoppedReason, 'Task stopped by user');
  assert.equal(ecs.task(arn), before);
  await ecs.report(arn, { status: 'STOPPED' });
  const stopped = await ecs.ask(stopTask, { task: arn });
  assert.equal(stopped.task?.lastStatus, 'STOPPED');
});

test('a task nobody knows cannot be stopped', async () => {
  const ecs = await openTaskScene();
  const invalid = 'InvalidParameterException';
  await ecs.refuses(stopTask, { task: '0'.repeat(32) }, invalid, 'The referenced task was not found.');
  await ecs.refuses(stopTask, { task: 'x' }, invalid, 'taskId length should be one of [32,36]');
  await ecs.refuses(stopTask, { task: '0'.repeat(32), cluster: 'none' }, 'ClusterNotFoundException');
});
