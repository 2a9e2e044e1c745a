import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { recordsIn, segmentName, segmentTimes } from './record.ts';
import { Spool } from './spool.ts';

describe('the kept output of a container', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'longshore-spool-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const records = () =>
    segmentTimes(readdirSync(folder)).flatMap((time) => [
      ...recordsIn(readFileSync(join(folder, segmentName(time)))).records,
    ]);
  const texts = () => records().map(({ stream, text }) => `${stream}: ${text.toString()}`);
  const out = (text: string) => ({ stream: 1 as const, bytes: Buffer.from(text) });
  const err = (text: string) => ({ stream: 2 as const, bytes: Buffer.from(text) });

  it('is whole lines, each stream for itself, and what has no end ends with the container', () => {
    const spool = new Spool(folder);
    spool.write([out('one\ntw'), err('bad'), out('o\nthree')]);
    assert.deepEqual(texts(), ['stdout: one\n', 'stdout: two\n']);
    spool.endLines();
    assert.deepEqual(texts().slice(2), ['stdout: three', 'stderr: bad']);
    const times = records().map(({ timeUs }) => timeUs);
    assert.deepEqual(
      times,
      [...new Set(times)].sort((a, b) => a - b),
      'times only grow',
    );
  });

  it('goes on after the last whole record when its keeper was killed in the middle of one', () => {
    new Spool(folder).write([out('one\n')]);
    const [first = 0] = segmentTimes(readdirSync(folder));
    appendFileSync(join(folder, segmentName(first)), Buffer.alloc(40, 7));
    const next = new Spool(folder);
    next.write([out('two\n')]);
    assert.deepEqual(texts(), ['stdout: one\n', 'stdout: two\n']);
  });

  it('is deleted as it is shipped, but for the segment that is written', () => {
    const spool = new Spool(folder);
    for (let index = 0; index < 100; index += 1) spool.write([out(`${'x'.repeat(99_999)}\n`)]);
    const last = records().at(-1)?.timeUs ?? 0;
    assert.equal(readdirSync(folder).length, 3);
    spool.release(last);
    assert.equal(readdirSync(folder).length, 1);
  });

  it('makes the container wait when too much is not shipped', () => {
    const spool = new Spool(folder);
    for (let index = 0; index < 101; index += 1) spool.write([out(`${'x'.repeat(1_048_575)}\n`)]);
    assert.equal(spool.isFull, true);
    spool.release(records().at(-1)?.timeUs ?? 0);
    assert.equal(spool.isFull, false);
  });

  it('drops what does not fit into the buffer of a container that may not wait, until that is shipped', () => {
    const spool = new Spool(folder);
    spool.maxBufferBytes = 10;
    spool.write([out('12345\n')]);
    spool.write([out('67890\n')]);
    spool.release(records().at(-1)?.timeUs ?? 0);
    spool.write([out('abcde\n')]);
    assert.deepEqual(texts(), ['stdout: 12345\n', 'stdout: abcde\n']);
    assert.equal(spool.isFull, false);
  });
});
