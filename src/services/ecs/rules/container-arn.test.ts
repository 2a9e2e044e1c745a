import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerArnOf } from './container-arn.ts';
import type { TaskContainer } from '../tables.ts';

const container: TaskContainer = {
  name: 'app',
  image: 'web:1',
  essential: true,
  cpu: '0',
  lastStatus: 'PENDING',
  healthStatus: 'UNKNOWN',
  networkBindings: [],
};
const task = {
  accountId: '123456789012',
  region: 'us-east-1',
  clusterName: 'default',
  id: '0123456789abcdef0123456789abcdef',
  containers: [container, { ...container, name: 'side' }],
};

test('each container of a task has an ARN of its own, the same each time and in each state', () => {
  const arns = task.containers.map((each) => containerArnOf(task, each));
  assert.equal(new Set(arns).size, 2);
  for (const arn of arns) {
    assert.match(
      arn,
      /^arn:aws:ecs:us-east-1:123456789012:container\/default\/0123456789abcdef0123456789abcdef\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
  }
  const later = task.containers.map((each) => ({ ...each, lastStatus: 'STOPPED' as const }));
  assert.deepEqual(
    later.map((each) => containerArnOf({ ...task, containers: later }, each)),
    arns,
  );
});

test('a container that was given an ARN keeps it', () => {
  const arn = 'arn:aws:ecs:us-east-1:123456789012:container/default/1/2';
  assert.equal(containerArnOf(task, { ...container, arn }), arn);
});
