/** One line of the results: what was measured, against what, and whether the goal holds. */
export interface Figure {
  readonly name: string;
  readonly subject: string;
  readonly anchor: string;
  readonly ours: string;
  readonly anchors: string;
  readonly value: string;
  readonly goal: string;
  readonly held: boolean;
}

/** A figure that is a ratio of two medians in milliseconds. */
export function ratioFigure(of: {
  readonly name: string;
  readonly subject: string;
  readonly anchor: string;
  readonly oursMs: number;
  readonly anchorMs: number;
  readonly atMost: number;
}): Figure {
  const ratio = of.oursMs / of.anchorMs;
  return {
    name: of.name,
    subject: of.subject,
    anchor: of.anchor,
    ours: milliseconds(of.oursMs),
    anchors: milliseconds(of.anchorMs),
    value: `${ratio.toFixed(2)} ×`,
    goal: `≤ ${of.atMost} ×`,
    held: ratio <= of.atMost,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** What `part` of the values, such as 0.99, are at most. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(3) : value.toFixed(1)} ms`;
}

/** How long an action takes, in milliseconds. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}
