import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { Hunted } from './hunt.ts';
import { type Mutant, mutants } from './list.ts';

/**
 * Plants each bug of the list, one at a time, in a copy of the tree, and runs seeds until a checker catches it:
 *
 *   npm run sim:mutants                    all
 *   npm run sim:mutants -- --only breaker  those with the word in their name
 *   npm run sim:mutants -- --remember      and writes down which seed caught which: it is tried first the next time
 *
 * The tree itself is never touched. A bug that is not caught, or whose place is not found any more, fails the command;
 * and so does one whose seed fails without it, too.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    /** How many are tried at most. */
    seeds: { type: 'string', default: '60' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    remember: { type: 'boolean', default: false },
  },
});

const root = resolve(import.meta.dirname, '../..');
const place = mkdtempSync(join(tmpdir(), 'longshore-mutants-'));
const hunts = new Set<ChildProcess>();
// Hunts and copies go whichever way this ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.on('exit', () => {
  for (const each of hunts) each.kill();
  rmSync(place, { recursive: true, force: true });
});
const memory = join(import.meta.dirname, 'seeds.json');
const remembered: Readonly<Record<string, string>> = JSON.parse(readFileSync(memory, 'utf8'));
const chosen = mutants.filter(({ name }) => name.includes(values.only));
const outcomes = new Map<Mutant, Outcome>();

interface Outcome {
  readonly tried: number;
  readonly rule: string;
  /** Which caught it. */
  readonly seed?: string;
}

const waiting = chosen[Symbol.iterator]();
const work = async (copy: string): Promise<void> => {
  for (const mutant of waiting) {
    outcomes.set(mutant, await plant(mutant, copy));
    if (process.stderr.isTTY) process.stderr.write(`\r${outcomes.size} of ${chosen.length} bugs planted `);
  }
};
const copies = Array.from({ length: Number(values.jobs) }, (_, index) => copyOfTree(`copy-${index + 1}`));
await Promise.all(copies.map(work));
const failing = await failingWithoutBugs();
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
process.exitCode = showTable(failing) ? 0 : 1;
if (values.remember) remember(failing);

async function plant({ name, file, search, replacement }: Mutant, copy: string): Promise<Outcome> {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  const found = before.split(search).length - 1;
  if (found !== 1) return { tried: 0, rule: `its place is in ${file} ${found} times, not once` };
  writeFileSync(
    path,
    before.replace(search, () => replacement),
  );
  const first = remembered[name];
  const others = Array.from({ length: Number(values.seeds) }, (_, index) => `${index + 1}`);
  const hunted = await hunt(copy, [...new Set(first === undefined ? others : [first, ...others])], ['--first']);
  writeFileSync(path, before);
  const [caught] = hunted.failed;
  if (!caught) return { tried: hunted.tried, rule: '' };
  return { tried: hunted.tried, rule: caught.rule, seed: caught.seed };
}

/** Of the seeds that caught a bug, those that fail in the tree as it is. */
async function failingWithoutBugs(): Promise<ReadonlySet<string>> {
  const seeds = new Set([...outcomes.values()].flatMap(({ seed }) => seed ?? []));
  if (seeds.size === 0) return seeds;
  const { failed } = await hunt(copyOfTree('sound'), [...seeds], ['--jobs', values.jobs]);
  return new Set(failed.map(({ seed }) => seed));
}

function showTable(failing: ReadonlySet<string>): boolean {
  let missed = 0;
  for (const [{ name }, { tried, rule, seed }] of outcomes) {
    const isCaught = seed !== undefined && !failing.has(seed);
    if (!isCaught) missed += 1;
    const how = isCaught
      ? `${rule} (seed ${seed}, after ${tried})`
      : seed === undefined
        ? rule || `by none of ${tried} seeds`
        : `seed ${seed} fails without it, too`;
    console.log(`${isCaught ? 'caught' : 'MISSED'}  ${name.padEnd(62)} ${how}`);
  }
  console.log(`\n${outcomes.size - missed} of ${outcomes.size} planted bugs were caught.`);
  return missed === 0;
}

function remember(failing: ReadonlySet<string>): void {
  const caught = [...outcomes].flatMap(([{ name }, { seed }]) =>
    seed === undefined || failing.has(seed) ? [] : [[name, seed] as const],
  );
  writeFileSync(memory, `${JSON.stringify({ ...remembered, ...Object.fromEntries(caught) }, undefined, 2)}\n`);
}

function copyOfTree(name: string): string {
  const copy = join(place, name);
  for (const part of ['src', 'sim', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function hunt(copy: string, seeds: readonly string[], options: readonly string[]): Promise<Hunted> {
  const child = spawn(process.execPath, [join(copy, 'sim/mutants/hunt.ts'), '--seeds', seeds.join(','), ...options], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(place, 'compiled') },
  });
  hunts.add(child);
  const result: Hunted = JSON.parse(await text(child.stdout));
  hunts.delete(child);
  return result;
}
