import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const module = new URL('process-priority.ts', import.meta.url).href;

/** Runs the words in a process that was started with that priority, and gives what they print of it and of its threads. */
async function prioritiesAfter(words: string, startedWith: number): Promise<{ main: number; others: number[] }> {
  const script = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { setPriority } from 'node:os';
    import { lowerRaisedPriority, raisePriority } from ${JSON.stringify(module)};
    for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), ${startedWith});
    ${words}
    const nice = (thread) => Number(readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ')[1].split(' ')[16]);
    const others = readdirSync('/proc/self/task').filter((thread) => thread !== String(process.pid)).map(nice);
    console.log(JSON.stringify({ main: nice(process.pid), others }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout);
}

const onLinuxAsRoot = {
  skip: process.platform === 'linux' && process.getuid?.() === 0 ? false : 'priorities are raised by root on Linux',
};

test('the main thread of a process goes first, and its others do not', onLinuxAsRoot, async () => {
  const { main, others } = await prioritiesAfter('raisePriority();', 0);
  assert.equal(main, -10);
  assert.ok(others.length > 0);
  assert.deepEqual(new Set(others), new Set([0]));
});

test('a priority that others chose stays', onLinuxAsRoot, async () => {
  assert.equal((await prioritiesAfter('raisePriority();', 5)).main, 5);
});

test('a process that is started by one that goes first can do as others do', onLinuxAsRoot, async () => {
  assert.equal((await prioritiesAfter('raisePriority(); lowerRaisedPriority();', 0)).main, 0);
});
