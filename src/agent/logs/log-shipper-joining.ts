import { compilePattern, type Pattern } from '../../core/pattern.ts';
import { eventBytes, type OutputStream, type Piece } from './log-shipper-lines.ts';

/** How long an event waits for more lines, as the awslogs driver does. */
export const joinWaitMs = 5000;

/**
 * Joins the lines of one event: each line that has the pattern begins one, the lines after it belong to it. The joined
 * event has the time of its first line and the cursor of its last, so that it is acknowledged as a whole; like the
 * awslogs driver's it ends each line with a line feed. The two streams are joined apart: a line of standard error does
 * not fall into the middle of what standard output tells.
 */
export class EventJoiner {
  readonly #begins: Pattern;
  readonly #open = new Map<OutputStream, { event: Piece; readonly sinceMs: number }>();

  constructor(begins: Pattern) {
    this.#begins = begins;
  }

  /** Takes one line, or part of one. Gives the events that are complete by it. */
  take(piece: Piece, nowMs: number): readonly Piece[] {
    const open = this.#open.get(piece.stream);
    const line = { ...piece, text: `${piece.text}\n`, events: 1, bytes: piece.bytes + 1 };
    const ends = open && (open.event.bytes + line.bytes > eventBytes || this.#begins.isIn(piece.text));
    if (!open || ends) {
      this.#open.set(piece.stream, { event: line.bytes > eventBytes ? piece : line, sinceMs: nowMs });
      return open ? [open.event] : [];
    }
    const { event } = open;
    open.event = {
      ...event,
      cursor: line.cursor,
      text: event.text + line.text,
      events: 1,
      bytes: event.bytes + line.bytes,
    };
    return [];
  }

  /** Gives the events that have waited long enough, or all of them. */
  due(nowMs: number): readonly Piece[] {
    const events: Piece[] = [];
    for (const [stream, { event, sinceMs }] of this.#open) {
      if (nowMs - sinceMs < joinWaitMs) continue;
      events.push(event);
      this.#open.delete(stream);
    }
    return events;
  }

  all(): readonly Piece[] {
    return this.due(Number.POSITIVE_INFINITY);
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }
}

/** Undefined where lines are not joined. Throws what the awslogs driver says of a pattern that is none. */
export function joinerOf(startPattern: string | undefined): EventJoiner | undefined {
  if (startPattern === undefined) return undefined;
  const pattern = compilePattern(startPattern, 'go');
  if ('error' in pattern) {
    throw new Error(
      `awslogs could not parse multiline pattern key "${startPattern}": error parsing regexp: ${pattern.error}`,
    );
  }
  return new EventJoiner(pattern);
}
