import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assert } from '../../src/core/assert.ts';
import { type Mutant, mutants } from './list.ts';

/**
 * Plants each bug of the list, one at a time, in a copy of the tree, and runs seeds until a checker catches it:
 *
 *   npm run sim:mutants                    all
 *   npm run sim:mutants -- --only breaker  those with the word in their name
 *
 * The tree itself is never touched. A bug that is not caught, or whose place is not found any more, fails the command;
 * and so does a seed that fails without the bug, too.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seeds: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
  },
});

const root = resolve(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'longshore-mutants-'));
let failed = 0;
try {
  for (const folder of ['src', 'sim', 'package.json', 'tsconfig.json', 'tsconfig.base.json']) {
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const mutant of mutants.filter(({ name }) => name.includes(values.only))) {
    const outcome = plant(mutant);
    if (!outcome.isCaught) failed += 1;
    console.log(`${outcome.isCaught ? 'caught' : 'MISSED'}  ${mutant.name.padEnd(58)} ${outcome.how}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
if (failed > 0) {
  console.log(`\n${failed} of ${mutants.length} planted bugs were not caught.`);
  process.exitCode = 1;
}

interface Outcome {
  readonly isCaught: boolean;
  readonly how: string;
}

function plant({ file, search, replacement }: Mutant): Outcome {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const found = text.split(search).length - 1;
  if (found !== 1) return { isCaught: false, how: `its place is in ${file} ${found} times, not once` };
  writeFileSync(
    path,
    text.replace(search, () => replacement),
  );
  const caught = hunt('1', values.seeds);
  writeFileSync(path, text);
  if (caught.seed === undefined) return { isCaught: false, how: `by none of ${caught.tried} seeds` };
  const sound = hunt(caught.seed, '1');
  if (sound.seed !== undefined) {
    return { isCaught: false, how: `seed ${caught.seed} fails without it, too: ${sound.rule ?? ''}` };
  }
  return { isCaught: true, how: `${caught.rule ?? ''}, after ${caught.tried} seeds (seed ${caught.seed})` };
}

interface Hunted {
  readonly tried: number;
  /** Of the first that failed. */
  readonly seed?: string;
  readonly rule?: string;
}

function hunt(seed: string, seeds: string): Hunted {
  const options = [
    '--seed',
    seed,
    '--seeds',
    seeds,
    ...(values.minutes === '' ? [] : ['--minutes', values.minutes]),
    '--jobs',
    values.jobs,
  ];
  const ran = spawnSync(process.execPath, [join(copy, 'sim/mutants/hunt.ts'), ...options], {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert(ran.status === 0, 'the hunt ends well whether it catches anything or not');
  const result: Hunted = JSON.parse(ran.stdout);
  return result;
}
