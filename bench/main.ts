// npm run bench [-- NAME… [--write]]: measures each figure, or the named ones, side by side with its anchor and prints it.
// bench/RESULTS.md is written after all of them, or of the named ones with --write.
import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { apiLatency } from './api-latency.ts';
import { costGrowth } from './cost-growth.ts';
import type { Figure } from './figure.ts';
import { fleet } from './fleet.ts';
import { placement } from './placement.ts';
import { runTaskStart } from './run-task-start.ts';
import { runTaskThroughput } from './run-task-throughput.ts';
import { servicePart, serviceParts } from './service-start.ts';
import { startUp } from './start-up.ts';

const benches: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'start-up': startUp,
  'api-latency': apiLatency,
  'run-task-throughput': runTaskThroughput,
  'cost-growth': costGrowth,
  placement,
  fleet,
  'run-task-start': runTaskStart,
  ...Object.fromEntries(serviceParts.map((part) => [part.name, () => servicePart(part)])),
};

const chosen = process.argv.slice(2).filter((name) => name !== '--write');
const isWriting = chosen.length === 0 || process.argv.includes('--write');
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  for (const figure of await bench()) {
    figures.push(figure);
    process.stdout.write(`${row(figure)}\n`);
  }
}
if (isWriting) await writeFile(fileURLToPath(new URL('./RESULTS.md', import.meta.url)), report());

function report(): string {
  const cpu = cpus();
  return `# Results

Written by \`npm run bench${chosen.length > 0 ? ' --' : ''}${chosen.map((name) => ` ${name}`).join('')}\` on ${new Date().toISOString().slice(0, 10)}: ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB,
Linux ${release()}, Node ${process.version}. Subject and anchor are measured alternately in one run; the number is the median.

| figure | subject | anchor | ours | anchor's | ratio or value | goal | held |
|---|---|---|---|---|---|---|---|
${figures.map(row).join('\n')}
`;
}

function row(figure: Figure): string {
  const { name, subject, anchor, ours, anchors, value, goal, held } = figure;
  return `| ${[name, subject, anchor, ours, anchors, value, goal, held ? 'yes' : '**no**'].join(' | ')} |`;
}
