import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container, task } from '../agent-scene.test.ts';
import { destinationIn, type ShippedOutput, shippedOutput } from './shipped-output.ts';

const payload = task([]);
const taskId = payload.arn.split('/').at(-1);

function outputOf(options: Readonly<Record<string, string>>): ShippedOutput {
  const Config = { 'awslogs-group': 'g', 'awslogs-region': 'eu-west-1', ...options };
  const hostConfig = JSON.stringify({ LogConfig: { Type: 'awslogs', Config } });
  const app = container('app', 'true', { dockerConfig: { version: '1.19', config: '{}', hostConfig } });
  return shippedOutput(payload, app);
}

function limitOf(options: Readonly<Record<string, string>>): number | undefined {
  return outputOf(options).maxBufferBytes;
}

test('output goes where the options say, to a stream named for prefix, container and task', () => {
  assert.deepEqual(outputOf({ 'awslogs-stream-prefix': 'p', 'awslogs-create-group': 'true' }), {
    destination: { group: 'g', stream: `p/app/${taskId}`, region: 'eu-west-1', createGroup: true },
  });
  assert.deepEqual(outputOf({ 'awslogs-multiline-pattern': '^INFO', 'awslogs-region': '' }).destination, {
    group: 'g',
    region: 'us-east-1',
    createGroup: false,
    startPattern: '^INFO',
  });
});

test('without a prefix the stream has the id of the container', () => {
  for (const options of [{}, { 'awslogs-stream-prefix': '' }]) {
    assert.equal(destinationIn(outputOf(options).destination, 'c0ffee').stream, 'c0ffee');
  }
  assert.equal(
    destinationIn(outputOf({ 'awslogs-stream-prefix': 'p' }).destination, 'c0ffee').stream,
    `p/app/${taskId}`,
  );
});

test('options that its own driver would not take are refused in the engine’s words', () => {
  const refused: readonly (readonly [options: Readonly<Record<string, string>>, words: string])[] = [
    [{ 'awslogs-group': '' }, "must specify a value for log opt 'awslogs-group'"],
    [
      { 'awslogs-create-group': 'maybe' },
      `must specify valid value for log opt 'awslogs-create-group': strconv.ParseBool: parsing "maybe": invalid syntax`,
    ],
    [
      { 'awslogs-datetime-format': '%H', 'awslogs-multiline-pattern': '^a' },
      "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time",
    ],
    [{ mode: 'sometimes' }, 'logger: logging mode not supported: sometimes'],
  ];
  for (const [options, words] of refused) {
    const message = `CannotCreateContainerError: Error response from daemon: ${words}`;
    assert.throws(() => outputOf(options), { name: 'StepError', message });
  }
});

test('how much may wait is read as the engine reads sizes', () => {
  const cases: readonly (readonly [size: string, bytes: number])[] = [
    ['2k', 2048],
    ['2KiB', 2048],
    ['1.5m', 1.5 * 1024 ** 2],
    ['25MB', 25 * 1024 ** 2],
    ['1 g', 1024 ** 3],
    ['512', 512],
    ['512b', 512],
  ];
  for (const [size, bytes] of cases) assert.equal(limitOf({ mode: 'non-blocking', 'max-buffer-size': size }), bytes);
  assert.equal(limitOf({ mode: 'non-blocking' }), 100 * 1024 ** 2);
  assert.equal(limitOf({ mode: 'blocking' }), undefined);
  assert.equal(limitOf({}), undefined);
});

test('a size that is none, or that nothing is held to, is refused in the engine’s words', () => {
  for (const size of ['', 'plenty', '-1m', '1x', '1kk', '1 mib2']) {
    assert.throws(() => limitOf({ mode: 'non-blocking', 'max-buffer-size': size }), /invalid size|error parsing/, size);
  }
  assert.throws(
    () => limitOf({ mode: 'blocking', 'max-buffer-size': '1m' }),
    /max-buffer-size option is only supported with 'mode=non-blocking'/,
  );
});
