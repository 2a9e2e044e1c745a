import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { faultNames } from './faults.ts';
import { brokenResult, runJobs } from './pool.ts';
import { type RunOptions, type RunResult, runSeed, usualMinutes } from './run.ts';
import { shrink } from './shrink.ts';

/**
 * Runs the whole system under virtual time from a seed, with faults and checkers:
 *
 *   npm run sim -- --seed 7              one seed, with what was done and what struck
 *   npm run sim -- --seed 7 --trace FILE with every event written to a file
 *   npm run sim -- --seeds 2000          many, from 1 (or --seed) on, on all cores (or --jobs)
 *   npm run sim -- --seed 7 --minutes 240  four virtual hours of users and faults, instead of what makes a run one hour
 *   npm run sim -- --seed 7 --calm       without faults; --without 'partition,slow disk' without some
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    minutes: { type: 'string', default: `${usualMinutes}` },
    agents: { type: 'string', default: '4' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    calm: { type: 'boolean', default: false },
    without: { type: 'string', default: '' },
    trace: { type: 'string' },
  },
});

const options: RunOptions = {
  minutes: Number(values.minutes),
  agents: Number(values.agents),
  isCalm: values.calm,
  without: values.without.split(',').filter((name) => name !== ''),
};
const unknown = options.without.filter((name) => !faultNames().includes(name));
if (unknown.length > 0)
  throw new Error(`no fault is called ${unknown.join(', ')}; there are ${faultNames().join(', ')}`);
const count = Number(values.seeds);
const failed = count === 1 ? await runOne(values.seed) : await runMany(Number(values.seed), count);
if (failed.length > 0) {
  console.log(`\n${failed.length} of ${count} seeds failed. To see one again:`);
  for (const { seed, failures } of failed.slice(0, 10)) {
    console.log(`  ${commandOf(seed, options)}   # ${failures[0]?.rule}: ${failures[0]?.sentence}`);
  }
  const [first] = failed;
  if (first?.digest) {
    const shorter = await shrink(first, options);
    console.log(`The shortest way to what ${first.seed} shows:\n  ${commandOf(first.seed, shorter)} --trace trace.log`);
  }
  process.exitCode = 1;
}

async function runOne(seed: string): Promise<readonly RunResult[]> {
  const lines: string[] = [];
  const startedMs = performance.now();
  const keepLine = values.trace === undefined ? undefined : (line: string) => void lines.push(line);
  const result = await runSeed(seed, { ...options, keepLine }).catch((error: unknown) =>
    brokenResult(seed, error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  if (values.trace !== undefined) writeFileSync(values.trace, `${lines.join('\n')}\n`);
  report(result);
  console.log(`  in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  tell('', result.calls);
  tell('seen, ', result.sights);
  tell('fault, ', result.faults);
  return result.failures.length > 0 ? [result] : [];
}

async function runMany(from: number, howMany: number): Promise<readonly RunResult[]> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const failures: RunResult[] = [];
  const totals = { virtualMs: 0, events: 0, commits: 0, tasks: 0 };
  const calls = new Map<string, number>();
  const sights = new Map<string, number>();
  const faults = new Map<string, number>();
  let done = 0;
  const jobs = Array.from({ length: howMany }, (_, index) => ({ seed: `${from + index}`, options }));
  await runJobs(jobs, Math.min(Number(values.jobs), howMany), (result) => {
    done += 1;
    for (const name of ['virtualMs', 'events', 'commits', 'tasks'] as const) totals[name] += result[name];
    addUp(calls, result.calls);
    addUp(sights, result.sights);
    addUp(faults, result.faults);
    if (result.failures.length > 0) {
      failures.push(result);
      clearProgress();
      report(result);
    }
    progress(done, howMany, failures.length);
    return 'go on';
  });
  clearProgress();
  const tookMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(startedCpu);
  console.log(
    `${howMany} seeds, ${(totals.virtualMs / 3_600_000).toFixed(0)} virtual hours in ${(tookMs / 1000).toFixed(0)} s ` +
      `(${((tookMs / 1000 / howMany) * Math.min(Number(values.jobs), howMany)).toFixed(2)} s a seed and thread, ` +
      `${((user + system) / 1e6 / howMany).toFixed(2)} s of processors), ` +
      `${totals.events} events, ${totals.commits} commits, ${totals.tasks} tasks, ${failures.length} failed`,
  );
  tell('', calls);
  tell('seen, ', sights);
  tell('fault, ', faults);
  return failures.toSorted((one, other) => Number(one.seed) - Number(other.seed));
}

function report(result: RunResult): void {
  console.log(
    `seed ${result.seed}: ${result.failures.length === 0 ? 'ok' : 'FAILED'}, trace ${result.digest}, ` +
      `${(result.virtualMs / 60_000).toFixed(0)} min, ${result.events} events, ` +
      `${result.commits} commits, ${result.tasks} tasks`,
  );
  for (const { rule, sentence, atMs } of result.failures.slice(0, 5)) {
    console.log(`  at ${(atMs / 1000).toFixed(3)} s, ${rule}: ${sentence}`);
  }
}

function commandOf(seed: string, { minutes, agents, isCalm, without }: RunOptions): string {
  const parts = [`npm run sim -- --seed ${seed} --minutes ${minutes} --agents ${agents}`];
  if (isCalm) parts.push('--calm');
  if (without.length > 0 && !isCalm) parts.push(`--without '${without.join(',')}'`);
  return parts.join(' ');
}

function tell(prefix: string, counts: ReadonlyMap<string, number>): void {
  for (const [name, times] of [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    console.log(`  ${prefix}${name}: ${times}`);
  }
}

function addUp(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, times] of counts) sums.set(name, (sums.get(name) ?? 0) + times);
}

/** One line on a terminal; where it goes to a file, as in the log of a CI run, a line at every tenth of the way. */
function progress(done: number, howMany: number, failed: number): void {
  const text = `${done} of ${howMany} seeds, ${failed} failed`;
  if (process.stderr.isTTY) process.stderr.write(`\r${text} `);
  else if (Math.floor((done * 10) / howMany) > Math.floor(((done - 1) * 10) / howMany)) console.log(text);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
