import type { HttpRequest } from '../world/net.ts';

/** The head of a request, taken apart once for all steps. */
export interface RequestHead {
  readonly method: string;
  /** Undecoded, without the query; what an absolute-form target says about its host is left out. */
  readonly path: string;
  /** Undecoded, without the question mark; bytes outside ASCII, which reach us as a character each, are escaped. */
  readonly query: string;
  /** By lower-case name, spaces trimmed and folded; the values of a repeated header joined with commas, as SigV4 signs them. */
  readonly headers: ReadonlyMap<string, string>;
  /** Lower-case names of headers that came more than once. */
  readonly repeated: ReadonlySet<string>;
}

export function readHead(request: Pick<HttpRequest, 'method' | 'target' | 'headers'>): RequestHead {
  const headers = new Map<string, string>();
  let repeated = none;
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    const text = foldSpaces(value);
    const before = headers.get(key);
    headers.set(key, before === undefined ? text : `${before},${text}`);
    if (before !== undefined) repeated = new Set([...repeated, key]);
  }
  const target = originForm(request.target);
  const mark = target.indexOf('?');
  return {
    method: request.method,
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : escapeHighBytes(target.slice(mark + 1)),
    headers,
    repeated,
  };
}

/** The pairs of a query or a form. A `+` is a space in a form and itself in a query string that SigV4 signs. */
export function readPairs(text: string, plusIsSpace: boolean): readonly (readonly [name: string, value: string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const mark = part.indexOf('=');
    const name = mark === -1 ? part : part.slice(0, mark);
    const value = mark === -1 ? '' : part.slice(mark + 1);
    pairs.push([decode(name, plusIsSpace), decode(value, plusIsSpace)]);
  }
  return pairs;
}

const none: ReadonlySet<string> = new Set();

function foldSpaces(value: string): string {
  return /[\t\r\n]| {2}|^ | $/.test(value) ? value.trim().replace(/\s+/g, ' ') : value;
}

function escapeHighBytes(query: string): string {
  return query.replace(/[\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function originForm(target: string): string {
  const absolute = /^https?:\/\/[^/?#]*/i.exec(target);
  if (!absolute) return target;
  const rest = target.slice(absolute[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Percent-decoding that leaves what is no valid escape as it came, so that every text has one meaning. */
function decode(text: string, plusIsSpace: boolean): string {
  const spaced = plusIsSpace ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced; // not UTF-8 or not an escape: such a text can be in no signature that a client made on purpose
  }
}
