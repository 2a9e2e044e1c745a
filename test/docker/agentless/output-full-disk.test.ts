// What keeps the output of containers, on a disk that is full: a small file system of its own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { engineOutputs } from '../../../src/agent/logs/engine-outputs.ts';
import { realOutputs, type RealOutputsOptions } from '../../../src/world/real/output-keeper/real-outputs.ts';
import type { Outputs } from '../../../src/world/outputs.ts';
import type { Log, LogFields } from '../../../src/world/world.ts';
import { docker, ensureTestImage, testImage } from '../../running/engine.ts';
import { eventually } from '../../running/eventually.ts';
import { temporaryDirectory } from '../../running/server.ts';

const count = 30_000; // lines of a hundred bytes: three times what there is room for

describe('what keeps the output of containers', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let output: string;
  const opened: Outputs[] = [];
  const containers: string[] = [];
  const said: { readonly event: string; readonly fields: LogFields }[] = [];
  const say = (event: string, fields: LogFields = {}): void => void said.push({ event, fields });
  const log: Log = { info: say, warn: say, error: say };

  before(async () => {
    await ensureTestImage();
    directory = await temporaryDirectory();
    output = join(directory.path, 'output');
    await mkdir(output);
    await mkdir(join(directory.path, 'signs'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', output]);
  });

  after(async () => {
    for (const outputs of opened) outputs.close();
    for (const id of containers) await docker.removeContainer(id, { force: true, volumes: true });
    // The keeper ends by itself when nobody is there and nothing runs; what it holds open goes with the mount.
    if (output) execFileSync('umount', ['--lazy', output]);
    await directory?.remove();
  });

  function open(options: Partial<RealOutputsOptions> = {}): Outputs {
    const outputs = realOutputs({
      directory: output,
      socketPath: join(directory.path, 'keeper.sock'),
      command: [process.execPath, fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url)), 'keep-output'],
      engine: engineOutputs(docker),
      log,
      ...options,
    });
    opened.push(outputs);
    return outputs;
  }

  test('neither blocks nor ends a container when the disk is full, counts what is lost, and goes on when there is room', async () => {
    const outputs = open();
    const signs = join(directory.path, 'signs');
    await writeFile(join(signs, 'lines'), `${'x'.repeat(99)}\n`.repeat(count));
    const script = 'cat /signs/lines; : > /signs/written; until [ -e /signs/room ]; do sleep 0.1; done; echo after';
    const id = await docker.createContainer(`longshore-full-disk-${process.pid}`, {
      Image: testImage,
      Cmd: ['sh', '-c', script],
      HostConfig: {
        NetworkMode: 'none',
        LogConfig: { Type: 'none', Config: {} },
        Binds: [`${signs}:/signs`],
      },
    });
    containers.push(id);
    await outputs.keep(id);
    await docker.startContainer(id);
    const lines: string[] = [];
    const reading = (async () => {
      for await (const { text } of outputs.read(id, undefined, new AbortController().signal)) {
        lines.push(...new TextDecoder().decode(text).trimEnd().split('\n'));
      }
    })();
    await eventually('the loss is said', async () => said.length > 0);
    await eventually('all is written', async () => (await readdir(signs)).includes('written'));
    execFileSync('mount', ['-o', 'remount,size=16m', output]);
    await writeFile(join(signs, 'room'), '');
    await reading;
    assert.equal((await docker.inspectContainer(id))?.State.ExitCode, 0);
    assert.equal(lines.at(-1), 'after');
    const told = said.map(({ event }) => event);
    assert.deepEqual(told, ['container output cannot be kept and is lost', 'container output was lost']);
    assert.match(String(said[0]?.fields['error']), /ENOSPC/);
    assert.equal(Number(said[1]?.fields['lines']) + lines.length - 1, count);
  });

  test('is missed in the agent’s log when no process can be started for it, once', async () => {
    said.length = 0;
    const socketPath = join(directory.path, 'none.sock');
    const outputs = open({ socketPath, command: [join(directory.path, 'no-such-program')] });
    const [id = ''] = containers;
    await assert.rejects(outputs.keep(id), /does not start: .*ENOENT/);
    await assert.rejects(outputs.keep(id), /does not start: .*ENOENT/);
    assert.deepEqual(
      said.map(({ event }) => event),
      ['container output is not kept'],
    );
  });
});
