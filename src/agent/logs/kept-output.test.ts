import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container } from '../agent-scene.test.ts';
import { bufferLimitOf } from './kept-output.ts';

function limitOf(Config: Readonly<Record<string, string>>): number | undefined {
  const hostConfig = JSON.stringify({ LogConfig: { Type: 'json-file', Config } });
  return bufferLimitOf(container('app', 'true', { dockerConfig: { version: '1.19', config: '{}', hostConfig } }));
}

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
