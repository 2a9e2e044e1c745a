import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControllerScene } from '../controller-scene.test.ts';
import { runTask } from '../operations/run-task.ts';
import { tagResource } from '../operations/tag-resource.ts';

const minute = 60_000;

test('a task is stopped when it has run for as long as its own tag allows, and no other is', async () => {
  const scene = await openControllerScene();
  const run = async (value?: string): Promise<string> => {
    const tags = value === undefined ? [] : [{ key: 'longshore:timeout-minutes', value }];
    const { tasks: [task] = [] } = await scene.ask(runTask, { taskDefinition: 'web', tags });
    return task?.taskArn ?? '';
  };
  const [short, long, none, wrong] = [await run('1'), await run('3'), await run(), await run('soon')];
  await scene.pass(minute / 2);
  assert.equal(scene.task(short).lastStatus, 'RUNNING');
  await scene.pass(minute);
  const { lastStatus, stopCode, stoppedReason } = scene.task(short);
  assert.deepEqual(
    [lastStatus, stopCode, stoppedReason],
    ['STOPPED', 'UserInitiated', 'Task has run for longer than its tag longshore:timeout-minutes allows'],
  );
  assert.deepEqual(
    [long, none, wrong].map((arn) => scene.task(arn).lastStatus),
    ['RUNNING', 'RUNNING', 'RUNNING'],
  );
  await scene.ask(tagResource, { resourceArn: none, tags: [{ key: 'longshore:timeout-minutes', value: '2' }] });
  await scene.pass(minute);
  assert.equal(scene.task(none).lastStatus, 'STOPPED', 'the tag may come later');
  await scene.pass(minute);
  assert.deepEqual([scene.task(long).lastStatus, scene.task(wrong).lastStatus], ['STOPPED', 'RUNNING']);
});
