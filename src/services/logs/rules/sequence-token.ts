import type { Instant } from '../../../core/instant.ts';
import type { InputEvent, LogSource, SourceCursors } from '../../../dataplane/log-files/contract.ts';

/**
 * AWS ignores the sequence token of PutLogEvents, so a sender may put anything into it. Ours (agent/logs) puts in which
 * stretch of which container's output the batch holds, and is then told instead of stored twice. Undefined for every
 * other token.
 */
export function shippedOf(token: string | undefined): Shipped | undefined {
  if (!token?.startsWith(prefix)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(token.slice(prefix.length));
  } catch {
    return undefined; // somebody else's token that looks like ours
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { sources, runs } = parsed as Partial<Record<string, unknown>>;
  if (!Array.isArray(sources) || !sources.every(isSource)) return undefined;
  if (runs === undefined) return { sources };
  return Array.isArray(runs) && runs.every(isRun) ? { sources, runs } : undefined;
}

export interface Shipped {
  readonly sources: readonly LogSource[];
  /**
   * The batch has all its events in one, as lines: for each time in turn, how many of them are of that time. Thousands of
   * short events cost several times as much in JSON as the same text in one string.
   */
  readonly runs?: readonly Run[];
}

export type Run = readonly [timestamp: Instant, count: number];

/** The events of a batch that came as lines; undefined where the lines are not as many as the runs say. */
export function unpacked(text: string, runs: readonly Run[]): readonly InputEvent[] | undefined {
  const lines = text.split('\n');
  const events: InputEvent[] = [];
  for (const [timestamp, count] of runs) {
    for (let index = 0; index < count; index += 1) {
      const message = lines[events.length];
      if (message === undefined) return undefined;
      events.push({ timestamp, message });
    }
  }
  return events.length === lines.length ? events : undefined;
}

export function tokenOfCursors(cursors: SourceCursors): string {
  return `${prefix}${JSON.stringify(cursors)}`;
}

/** The token that PutLogEvents gives: 56 digits, as AWS's. */
export function nextSequenceToken(position: number): string {
  return `496${position.toString().padStart(53, '0')}`;
}

const prefix = 'longshore:';

function isSource(value: unknown): value is LogSource {
  if (typeof value !== 'object' || value === null) return false;
  const { name, from, to } = value as Partial<Record<string, unknown>>;
  return typeof name === 'string' && typeof from === 'string' && typeof to === 'string';
}

function isRun(value: unknown): value is Run {
  return Array.isArray(value) && value.length === 2 && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}
