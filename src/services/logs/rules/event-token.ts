import type { Place } from '../../../dataplane/log-files/contract.ts';

/** A token of GetLogEvents: `f/` goes on after a place, `b/` before it; 56 digits, as AWS's. */
export interface EventToken {
  readonly direction: 'forward' | 'backward';
  readonly place: Place;
}

export function encodeEventToken({ direction, place }: EventToken): string {
  // One is added, because the place before the first event has position -1.
  const digits = `${place.time.toString().padStart(20, '0')}${(place.position + 1).toString().padStart(36, '0')}`;
  return `${direction === 'forward' ? 'f' : 'b'}/${digits}`;
}

/** Undefined when the text is not a token of ours. */
export function decodeEventToken(token: string): EventToken | undefined {
  const [, letter, time, position] = /^([fb])\/(\d{20})(\d{36})$/.exec(token) ?? [];
  if (letter === undefined || time === undefined || position === undefined) return undefined;
  const place = { time: Number(time), position: Number(position) - 1 };
  return { direction: letter === 'f' ? 'forward' : 'backward', place };
}

/** The id of an event in FilterLogEvents: 56 digits, different for every event of every stream. */
export function eventId(streamId: string, place: Place): string {
  const stream = BigInt(`0x${streamId.slice(0, 19)}`); // 76 bits are at most 23 digits
  const digits = [place.time.toString().padStart(14, '0'), stream.toString().padStart(23, '0')];
  return `${digits.join('')}${place.position.toString().padStart(19, '0')}`;
}
