import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTask } from './accept.ts';
import { agentTasks, type TaskRecord } from './state.ts';

const fresh = newTask(
  {
    arn: 'arn:task',
    taskClusterArn: 'arn:cluster',
    family: 'web',
    version: '1',
    desiredStatus: 'RUNNING',
    containers: [],
    volumes: [{ name: 'data “{}”', type: 'host', host: {} }],
  },
  0,
  () => 'x',
);

function kept(task: TaskRecord): unknown {
  const text = agentTasks.stored?.text?.(task, () => '');
  return text === undefined ? undefined : JSON.parse(text);
}

test('the journal keeps all of a task, however often its payload was written before', () => {
  assert.deepEqual(kept(fresh), JSON.parse(JSON.stringify(fresh)));
  const changed = { ...fresh, ranAt: 7 };
  assert.deepEqual(kept(changed), JSON.parse(JSON.stringify(changed)));
  const replaced = { ...changed, payload: { ...fresh.payload, family: 'mail' } };
  assert.deepEqual(kept(replaced), JSON.parse(JSON.stringify(replaced)));
});
