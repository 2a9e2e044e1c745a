import { cpus, release, totalmem } from 'node:os';
import type { Figure } from './figure.ts';

/** One row of the table, as the text of its cells. */
export type Row = readonly string[];

export function rowOf(figure: Figure, measuredBy: string): Row {
  const { name, subject, anchor, ours, anchors, value, goal, held } = figure;
  return [name, subject, anchor, ours, anchors, value, goal, held ? 'yes' : '**no**', measuredBy];
}

export function line(row: Row): string {
  return `| ${row.join(' | ')} |`;
}

/** The rows of an earlier report whose bench was not run this time, and the new ones, in the order of `benches`. */
export function merged(report: string, fresh: readonly Row[], benches: readonly string[]): readonly Row[] {
  const again = new Set(fresh.map(benchOf));
  const kept = report
    .split('\n')
    .filter((text) => text.startsWith('| '))
    .slice(1)
    .map((text) => text.slice(2, -2).split(' | '))
    .filter((row) => benches.includes(benchOf(row)) && !again.has(benchOf(row)));
  return [...kept, ...fresh].sort((a, b) => benches.indexOf(benchOf(a)) - benches.indexOf(benchOf(b)));
}

/** The last cell says which bench has measured the row, and when. */
function benchOf(row: Row): string {
  return row.at(-1)?.split(', ')[0] ?? '';
}

export function reportOf(rows: readonly Row[]): string {
  const cpu = cpus();
  return `# Results

Written by \`npm run bench\` (the last column names the bench and the day; \`npm run bench -- NAME --write\` measures one anew) on
${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}. Subject and anchor are measured alternately in one
run; the number is the median.

| figure | subject | anchor | ours | anchor's | ratio or value | goal | held | measured |
|---|---|---|---|---|---|---|---|---|
${rows.map(line).join('\n')}
`;
}
