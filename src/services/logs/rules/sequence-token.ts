import type { LogSource, SourceCursors } from '../../../dataplane/log-files/contract.ts';

/**
 * AWS ignores the sequence token of PutLogEvents, so a sender may put anything into it. Ours (agent/log-shipper.ts) puts
 * in which stretch of which container's output the batch holds, and is then told instead of stored twice. Undefined for
 * every other token.
 */
export function sourcesOf(token: string | undefined): readonly LogSource[] | undefined {
  if (!token?.startsWith(prefix)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(token.slice(prefix.length));
  } catch {
    return undefined; // somebody else's token that looks like ours
  }
  return Array.isArray(parsed) && parsed.every(isSource) ? parsed : undefined;
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
