// npm run bench [-- NAME… [--write]]: measures each figure, or the named ones, side by side with its anchor and prints it.
// With --write, or where none is named, their rows of bench/RESULTS.md are written anew.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { apiLatency } from './api-latency.ts';
import { costGrowth } from './cost-growth.ts';
import { eventLatency } from './event-latency.ts';
import type { Figure } from './figure.ts';
import { logLatency } from './log-latency.ts';
import { logRate } from './log-rate.ts';
import { fleet } from './fleet.ts';
import { placement } from './placement.ts';
import { line, merged, reportOf, rowOf } from './results.ts';
import { registry } from './registry.ts';
import { rollingGrowth } from './rolling-growth.ts';
import { runTaskStart, startKinds } from './run-task-start.ts';
import { runTaskThroughput } from './run-task-throughput.ts';
import { servicePart, serviceParts } from './service-start.ts';
import { startUp } from './start-up.ts';
import { sustainedStarts } from './sustained-starts.ts';
import { taskEndpoint } from './task-endpoint.ts';

const benches: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'start-up': startUp,
  'api-latency': apiLatency,
  'run-task-throughput': runTaskThroughput,
  'event-latency': eventLatency,
  'cost-growth': costGrowth,
  placement,
  'rolling-growth': rollingGrowth,
  fleet,
  ...Object.fromEntries(startKinds.map((kind) => [kind.bench, () => runTaskStart(kind)])),
  'sustained-starts': sustainedStarts,
  registry,
  'task-endpoint': taskEndpoint,
  'log-rate': logRate,
  'log-latency': logLatency,
  ...Object.fromEntries(serviceParts.map((part) => [part.name, () => servicePart(part)])),
};

const chosen = process.argv.slice(2).filter((name) => name !== '--write');
const isWriting = chosen.length === 0 || process.argv.includes('--write');
const report = fileURLToPath(new URL('./RESULTS.md', import.meta.url));
const names = Object.keys(benches);
for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  const measured = `${name}, ${new Date().toISOString().slice(0, 10)}`;
  const rows = (await bench()).map((figure) => rowOf(figure, measured));
  for (const row of rows) process.stdout.write(`${line(row)}\n`);
  // After each, so that a later one that fails takes nothing with it.
  if (isWriting) await writeFile(report, reportOf(merged(await readFile(report, 'utf8'), rows, names)));
}
