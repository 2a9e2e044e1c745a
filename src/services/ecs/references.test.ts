import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../aws/error.ts';
import { clusterArnOf, containerInstanceArnOf, parseTaskDefinition, taskArnOf } from './references.ts';

const scope = { accountId: '123456789012', region: 'us-east-1' };
const ours = 'arn:aws:ecs:us-east-1:123456789012';
const id = '0123456789abcdef0123456789abcdef';

function refused(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    assert.ok(error instanceof AwsError);
    return `${error.code}: ${error.message}`;
  }
  return 'accepted';
}

test('a cluster is named by its name or its ARN, and default when not at all', () => {
  assert.equal(clusterArnOf(scope), `${ours}:cluster/default`);
  assert.equal(clusterArnOf(scope, 'web'), `${ours}:cluster/web`);
  assert.equal(clusterArnOf(scope, `${ours}:cluster/web`), `${ours}:cluster/web`);
});

for (const reference of [
  '',
  'a/b',
  'a b',
  'a'.repeat(256),
  'arn:aws:ecs:eu-west-1:123456789012:cluster/web',
  'arn:aws:ecs:us-east-1:999999999999:cluster/web',
  'arn:aws:s3:us-east-1:123456789012:cluster/web',
  `${ours}:service/web`,
  `${ours}:cluster/a/b`,
  'arn:aws:ecs',
]) {
  test(`'${reference.slice(0, 60)}' names no cluster`, () => {
    assert.match(
      refused(() => clusterArnOf(scope, reference)),
      /^InvalidParameterException: Invalid identifier/,
    );
  });
}

test('tasks and container instances are named by id or ARN within their cluster', () => {
  const cluster = `${ours}:cluster/web`;
  assert.equal(taskArnOf(scope, cluster, id), `${ours}:task/web/${id}`);
  assert.equal(taskArnOf(scope, cluster, `${ours}:task/web/${id}`), `${ours}:task/web/${id}`);
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';
  assert.equal(containerInstanceArnOf(scope, cluster, uuid), `${ours}:container-instance/web/${uuid}`);
  // The short form of old accounts has no cluster in it.
  assert.equal(taskArnOf(scope, cluster, `${ours}:task/${id}`), `${ours}:task/web/${id}`);
  const invalid = 'InvalidParameterException: ';
  assert.equal(
    refused(() => taskArnOf(scope, cluster, 'abc')),
    `${invalid}taskId length should be one of [32,36]`,
  );
  assert.equal(
    refused(() => containerInstanceArnOf(scope, cluster, 'i-0123')),
    `${invalid}instanceId length should be one of [32,36]`,
  );
  assert.match(
    refused(() => taskArnOf(scope, cluster, `web/${id}`)),
    /separators/,
  );
  assert.match(
    refused(() => taskArnOf(scope, cluster, `${ours}:task/other/${id}`)),
    /same cluster/,
  );
  assert.match(
    refused(() => taskArnOf(scope, cluster, `${ours}:container-instance/web/${id}`)),
    /ARN of a task/,
  );
});

test('a task definition is a family, a family and revision, or an ARN', () => {
  assert.deepEqual(parseTaskDefinition(scope, 'web'), { family: 'web' });
  assert.deepEqual(parseTaskDefinition(scope, 'web:12'), { family: 'web', revision: 12 });
  assert.deepEqual(parseTaskDefinition(scope, `${ours}:task-definition/web:1`), { family: 'web', revision: 1 });
  for (const revision of ['0', '-1', 'x', '1.5', '']) {
    assert.equal(
      refused(() => parseTaskDefinition(scope, `web:${revision}`)),
      `InvalidParameterException: Invalid revision number. Number: ${revision}`,
    );
  }
  for (const reference of ['', ':1', 'a b', 'web:1:2']) {
    assert.match(
      refused(() => parseTaskDefinition(scope, reference)),
      /^ClientException/,
    );
  }
});
