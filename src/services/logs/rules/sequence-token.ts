import type { EventLines, LogSource, Run, SourceCursors } from '../../../dataplane/log-files/contract.ts';
import { emptyMessage } from './batch.ts';

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
  const { sources: given, runs, follows } = parsed as Partial<Record<string, unknown>>;
  if (!Array.isArray(given) || !given.every(isSource)) return undefined;
  const sources = follows === true ? given.map((source) => ({ ...source, follows })) : given;
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

/** The events of a batch that came as lines; undefined where the lines are not as many as the runs say. */
export function linesOf(text: string, runs: readonly Run[]): EventLines | undefined {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  if (runs.reduce((sum, [, events]) => sum + events, 0) !== count) return undefined;
  if (text.startsWith('\n') || text.endsWith('\n') || text.includes('\n\n') || text === '') throw emptyMessage(1);
  return { text: encoder.encode(text), count, runs };
}

const encoder = new TextEncoder();

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
  return (
    Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger) && value[0] >= 0 && value[1] > 0
  );
}
