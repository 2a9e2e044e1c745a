import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { realDisk } from '../../src/world/real/real-disk.ts';
import { realLog } from '../../src/world/real/real-log.ts';
import { text, utf8 } from './fixture.ts';

function freshDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'longshore-files-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe('the real disk', () => {
  test('makes files and directories with the mode asked for', async (t) => {
    const directory = freshDirectory(t);
    const disk = realDisk();
    await disk.writeAtomic(join(directory, 'secret'), utf8('x'), 0o600);
    await disk.makeDirectory(join(directory, 'private'), 0o700);
    assert.equal(statSync(join(directory, 'secret')).mode & 0o777, 0o600);
    assert.equal(statSync(join(directory, 'private')).mode & 0o777, 0o700);
  });

  test('lists no file that a crash left unfinished', async (t) => {
    const directory = freshDirectory(t);
    writeFileSync(join(directory, 'keys.json.unfinished-4711-3'), 'half');
    writeFileSync(join(directory, 'keys.json'), 'whole');
    assert.deepEqual(await realDisk().list(directory), ['keys.json']);
  });

  test('a write that fails leaves the old file and nothing beside it', async (t) => {
    const directory = freshDirectory(t);
    const disk = realDisk();
    const path = join(directory, 'a');
    await disk.makeDirectory(path); // a directory cannot be replaced by a file
    await assert.rejects(disk.writeAtomic(path, utf8('x')));
    assert.deepEqual(await disk.list(directory), ['a']);
    assert.deepEqual(await disk.list(path), []);
  });

  test('an append after the close rejects, and what came before stays', async (t) => {
    const directory = freshDirectory(t);
    const file = await realDisk().openAppend(join(directory, 'log'));
    await file.append(utf8('one'));
    await file.close();
    await assert.rejects(file.append(utf8('two')));
    assert.equal(text(await realDisk().read(join(directory, 'log'))), 'one');
  });
});

describe('the real log', () => {
  function lines(format: 'json' | 'pretty', isTTY = false): { log: ReturnType<typeof realLog>; written: string[] } {
    const written: string[] = [];
    return { log: realLog({ format, stream: { isTTY, write: (line) => written.push(line) } }), written };
  }

  test('writes one JSON object per event for machines', () => {
    const { log, written } = lines('json');
    log.warn('disk nearly full', { freeMiB: 12, path: '/a "b"', gone: undefined });
    log.error('two\nlines');
    assert.equal(written.length, 2);
    const { time, ...rest } = JSON.parse(written[0] ?? '') as Record<string, unknown>;
    assert.deepEqual(rest, { level: 'warn', event: 'disk nearly full', freeMiB: 12, path: '/a "b"' });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.equal(written[1]?.split('\n').length, 2, 'a line break in a text makes no second line');
  });

  test('writes for eyes on a terminal, and lets no text drive it', () => {
    const written: string[] = [];
    const log = realLog({ stream: { isTTY: true, write: (line) => written.push(line) } });
    log.error('request failed', { error: 'Error: no\n    at \u001b[2Jx', name: 'a b', count: 3 });
    const line = written.join('');
    assert.match(line, /error.* request failed/);
    assert.match(line, /name=.*"a b"/);
    assert.ok(!line.includes('\u001b[2J'));
  });
});
