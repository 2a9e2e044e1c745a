import { parseArgs } from 'node:util';
import { runJobs } from '../pool.ts';
import { usualMinutes } from '../run.ts';

/** Runs seeds until one fails, and prints which rule broke and how many seeds it took, as JSON. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '100' },
    minutes: { type: 'string', default: `${usualMinutes}` },
    jobs: { type: 'string', default: '2' },
  },
});

let tried = 0;
let caught: { readonly seed: string; readonly rule: string; readonly sentence: string } | undefined;
const options = { minutes: Number(values.minutes), agents: 4, isCalm: false, without: [] };
const jobs = Array.from({ length: Number(values.seeds) }, (_, index) => ({
  seed: `${Number(values.seed) + index}`,
  options,
}));
await runJobs(jobs, Number(values.jobs), ({ seed, failures: [failure] }) => {
  tried += 1;
  if (!failure) return 'go on';
  caught = { seed, rule: failure.rule, sentence: failure.sentence };
  return 'stop';
});
console.log(JSON.stringify({ tried, ...caught }));
