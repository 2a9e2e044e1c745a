/** Both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * A Range header over so many bytes. Undefined where there is none, or one that a server may leave alone: of another
 * unit, of several ranges, malformed (RFC 9110, section 14.2).
 */
export function readByteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return undefined;
  if (first >= size) return 'unsatisfiable';
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

/** The Content-Range of a chunk of an upload: `0-1023`, as the distribution specification has it, or as HTTP has it. */
export function readChunkRange(header: string | undefined): ByteRange | 'invalid' | undefined {
  if (header === undefined) return undefined;
  const [, first, last] = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/i.exec(header) ?? [];
  if (first === undefined || last === undefined || Number(last) < Number(first)) return 'invalid';
  return { first: Number(first), last: Number(last) };
}
