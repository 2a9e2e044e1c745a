import { readPairs, type RequestHead } from './request-head.ts';

/** What a SigV4 signature is over: the canonical form of the request, as AWS computes it for all services but S3. */
export function canonicalRequest(head: RequestHead, signedHeaders: readonly string[], bodyHash: string): string {
  return canonical(head, canonicalPath(head.path), signedHeaders, bodyHash);
}

/** S3's: the path is a name and keeps its dots and its double slashes. */
export function s3CanonicalRequest(head: RequestHead, signedHeaders: readonly string[], bodyHash: string): string {
  return canonical(head, s3CanonicalPath(head.path), signedHeaders, bodyHash);
}

function canonical(head: RequestHead, path: string, signedHeaders: readonly string[], bodyHash: string): string {
  let headers = '';
  for (const name of signedHeaders) headers += `${name}:${head.headers.get(name) ?? ''}\n`;
  return `${head.method}\n${path}\n${canonicalQuery(head.query)}\n${headers}\n${signedHeaders.join(';')}\n${bodyHash}`;
}

/**
 * Dot segments removed, `//` collapsed, and each byte as it came encoded once more: a raw `%20` becomes `%2520`, so a
 * decoded `%2F` can never pass for a slash.
 */
export function canonicalPath(path: string): string {
  if (path === '/' || path === '') return '/';
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(encodeReceived(segment));
  }
  const trailing = segments.length > 0 && /\/\.{0,2}$/.test(path) ? '/' : '';
  return `/${segments.join('/')}${trailing}`;
}

/** Decoded and encoded once, so that however a client spells a key, what is signed is the key. */
export function s3CanonicalPath(path: string): string {
  if (/^[A-Za-z0-9\-_.~/]+$/.test(path)) return path;
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decoded.split('/').map(encodeReceived).join('/') || '/';
}

/** Sorted by encoded name, then by encoded value; only `X-Amz-Signature` in exactly this spelling is left out. */
export function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = readPairs(query, false)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): readonly [string, string] => [encode(name), encode(value)]);
  pairs.sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/** Like encode, of text that holds one character per byte received. */
function encodeReceived(text: string): string {
  if (/[\u0100-\uffff]/.test(text)) return encode(text);
  return text.replace(/[^A-Za-z0-9\-_.~]/g, (char) => escapeByte(char.charCodeAt(0)));
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-encodes all but RFC 3986's unreserved characters, in upper-case hex. */
function encode(text: string): string {
  if (/^[A-Za-z0-9\-_.~]*$/.test(text)) return text;
  // It leaves five more characters as they are, and throws where half of a surrogate pair is missing.
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (char) => escapeByte(char.charCodeAt(0)));
}
