import { parseArgs } from 'node:util';
import { runJobs } from '../pool.ts';
import { usualMinutes } from '../run.ts';

/** Runs seeds, all of them or until one fails, and prints which failed and what broke first in each, as JSON. */
export interface Hunted {
  readonly tried: number;
  readonly failed: readonly { readonly seed: string; readonly rule: string; readonly sentence: string }[];
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    minutes: { type: 'string', default: `${usualMinutes}` },
    first: { type: 'boolean', default: false },
  },
});

let tried = 0;
const failed: Hunted['failed'][number][] = [];
const options = { minutes: Number(values.minutes), agents: 4, isCalm: false, without: [] };
const jobs = values.seeds.split(',').map((seed) => ({ seed, options }));
await runJobs(jobs, Math.min(Number(values.jobs), jobs.length), ({ seed, failures: [failure] }) => {
  tried += 1;
  if (!failure) return 'go on';
  failed.push({ seed, rule: failure.rule, sentence: failure.sentence });
  return values.first ? 'stop' : 'go on';
});
const hunted: Hunted = { tried, failed };
console.log(JSON.stringify(hunted));
