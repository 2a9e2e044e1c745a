import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type RunResult, runSeed } from './run.ts';

/**
 * Runs the whole system under virtual time from a seed, with faults and checkers:
 *
 *   npm run sim -- --seed 7              one seed
 *   npm run sim -- --seed 1 --seeds 50   fifty seeds from 1 on
 *   npm run sim -- --seed 7 --hours 4    four virtual hours of workload instead of a quarter
 *   npm run sim -- --seed 7 --calm       without faults
 *   npm run sim -- --seed 7 --trace FILE with every event written to a file
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '0.25' },
    agents: { type: 'string', default: '4' },
    calm: { type: 'boolean', default: false },
    trace: { type: 'string' },
  },
});

const first = Number(values.seed);
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) =>
  index === 0 ? values.seed : `${first + index}`,
);
const failed: string[] = [];
for (const seed of seeds) {
  const lines: string[] = [];
  const startedMs = performance.now();
  const result = await runSeed(seed, {
    hours: Number(values.hours),
    agents: Number(values.agents),
    isCalm: values.calm,
    keepLine: values.trace === undefined ? undefined : (line) => lines.push(line),
  });
  if (values.trace !== undefined) writeFileSync(values.trace, `${lines.join('\n')}\n`);
  report(result, performance.now() - startedMs);
  if (result.failures.length > 0) failed.push(seed);
}
if (failed.length > 0) {
  const options = `--hours ${values.hours} --agents ${values.agents}${values.calm ? ' --calm' : ''}`;
  console.log(`\n${failed.length} of ${seeds.length} seeds failed. To see one again:`);
  for (const seed of failed.slice(0, 10)) console.log(`  npm run sim -- --seed ${seed} ${options} --trace trace.log`);
  process.exitCode = 1;
}

function report(result: RunResult, tookMs: number): void {
  const faults = [...result.faults.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `seed ${result.seed}: ${result.failures.length === 0 ? 'ok' : 'FAILED'}, trace ${result.digest}, ` +
      `${(result.virtualMs / 60_000).toFixed(0)} min in ${(tookMs / 1000).toFixed(1)} s, ${result.events} events, ` +
      `${result.commits} commits, ${result.tasks} tasks, ${faults} faults`,
  );
  for (const failure of result.failures.slice(0, 10)) console.log(`  ${failure}`);
  if (result.failures.length > 10) console.log(`  and ${result.failures.length - 10} more`);
  if (seeds.length === 1) {
    for (const [call, count] of [...result.calls].toSorted(byName)) console.log(`  ${call}: ${count}`);
    for (const [fault, count] of [...result.faults].toSorted(byName)) console.log(`  fault, ${fault}: ${count}`);
  }
}

function byName([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return one < other ? -1 : 1;
}
