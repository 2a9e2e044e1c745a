import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newTask } from '../accept.ts';
import type { PayloadContainer } from '../contract.ts';
import { createEnvironmentFiles, parseEnvironmentFile } from './environment-files.ts';
import type { TaskRecord } from '../state.ts';

describe('a line of an environment file', () => {
  const cases: readonly (readonly [line: string, read: Readonly<Record<string, string>>])[] = [
    ['NAME=value', { NAME: 'value' }],
    ['URL=a=b=c', { URL: 'a=b=c' }],
    ['SPACES = kept ', { 'SPACES ': ' kept ' }],
    ['QUOTED="as it is"', { QUOTED: '"as it is"' }],
    ['HASH=a#b', { HASH: 'a#b' }],
    ['# NAME=comment', {}],
    [' # NAME=no comment', { ' # NAME': 'no comment' }],
    ['no mark', {}],
    ['=no name', {}],
    ['NO_VALUE=', {}],
    ['', {}],
    ['A=1\r\nB=2\nA=3', { A: '3', B: '2' }],
  ];
  for (const [line, read] of cases) {
    test(`${JSON.stringify(line)} is read as the stock agent reads it`, () =>
      assert.deepEqual(parseEnvironmentFile(line), read));
  }
});

const first = 'arn:aws:s3:::bucket/first.env';
const second = 'arn:aws:s3:::bucket/second.env';

function taskOf(environmentFiles: readonly string[]): {
  readonly task: TaskRecord;
  readonly container: PayloadContainer;
} {
  const container: PayloadContainer = {
    name: 'app',
    image: 'app:1',
    containerArn: 'arn:c',
    cpu: 0,
    memory: 0,
    essential: true,
    command: [],
    environment: { OWN: 'definition' },
    environmentFiles: environmentFiles.map((value) => ({ value, type: 's3' })),
    links: [],
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    dockerConfig: { version: '1.18', config: '{}', hostConfig: '{}' },
    dependsOn: [],
  };
  const payload = {
    arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/1',
    taskClusterArn: 'arn:cluster',
    family: 'app',
    version: '1',
    desiredStatus: 'RUNNING' as const,
    containers: [container],
    volumes: [],
  };
  return { task: newTask(payload, 0, () => 'name'), container };
}

test('the definition decides over the files, and the first file over the second', async () => {
  const asked: string[] = [];
  const files = createEnvironmentFiles(async (_task, arn) => {
    asked.push(arn);
    return new TextEncoder().encode(arn === first ? 'A=first\nOWN=file' : 'A=second\nB=second');
  });
  const { task, container } = taskOf([first, second]);
  await files.fetch(task);
  const filled = await files.filled(task, container);
  assert.deepEqual(filled.environment, { A: 'first', B: 'second', OWN: 'definition' });
  assert.deepEqual(asked, [first, second], 'each is read once');
});

test('a file that cannot be read is named with what S3 said', async () => {
  const files = createEnvironmentFiles(() =>
    Promise.reject(Object.assign(new Error('Access Denied'), { code: 'AccessDenied', status: 403 })),
  );
  await assert.rejects(files.fetch(taskOf([first]).task), {
    message: `ResourceInitializationError: failed to download env files: file download command: non empty error stream: ${first}: AccessDenied: Access Denied status code: 403`,
  });
});
