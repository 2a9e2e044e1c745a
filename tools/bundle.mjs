// Writes dist/: the program in few files. Node loads it three times as fast as the 300 source files, so bin/longshore
// takes it while it is newer than the sources. Nothing else changes: the sources run as they are.
import { spawnSync } from 'node:child_process';
import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root, runTool, say } from './setup.mjs';

const entry = join(root, 'dist', 'main.cjs');

/** Writes the bundle where it is missing or older than a source. */
export function ensureBundle() {
  const newer = spawnSync('find', ['src', 'package-lock.json', '-newer', entry, '-print', '-quit'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (newer.status !== 0 || newer.stdout !== '') bundle();
}

function bundle() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const rolldown = join(root, 'node_modules', 'rolldown', 'bin', 'cli.mjs');
  const args = [
    rolldown,
    'src/cli/main.ts',
    '--platform',
    'node',
    '--format',
    'cjs',
    '--entryFileNames',
    '[name].cjs',
    '--chunkFileNames',
    '[name]-[hash].cjs',
    '--dir',
    'dist',
    '--log-level',
    'warn',
  ];
  const result = spawnSync(pinnedNode(), args, { cwd: root, stdio: ['ignore', 'ignore', 2] });
  if (result.status !== 0) {
    say('the bundle could not be written; Longshore runs from its sources and starts more slowly.');
    return;
  }
  const now = new Date();
  utimesSync(entry, now, now);
}

// As a program: npm runs it after each install.
if (process.argv[1]?.endsWith('/tools/bundle.mjs')) await runTool(() => bundle());
