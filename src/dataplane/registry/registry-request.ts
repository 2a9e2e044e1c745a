import type { HttpRequest } from '../../world/net.ts';
import type { Origin } from './contract.ts';

/** A request of the registry, taken apart. */
export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  readonly route: Route;
  /** Decoded; of a repeated name the first. */
  readonly query: ReadonlyMap<string, string>;
  /** By lower-case name; of a repeated one the first. */
  readonly headers: ReadonlyMap<string, string>;
  readonly origin: Origin;
  readonly body: HttpRequest['body'];
}

/** What a path names. `name` is a repository's, as it came: whether it may be one is for the state to say. */
export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly name: string }
  | { readonly kind: 'uploads'; readonly name: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'download'; readonly link: string }
  | NamedRoute<'upload', 'uploadId'>
  | NamedRoute<'blob', 'digest'>
  | NamedRoute<'referrers', 'digest'>
  | NamedRoute<'manifest', 'reference'>;

export type NamedRoute<Kind extends string, Member extends string> = {
  readonly kind: Kind;
  readonly name: string;
} & Readonly<Record<Member, string>>;

export type UploadRoute = NamedRoute<'upload', 'uploadId'>;
export type BlobRoute = NamedRoute<'blob', 'digest'>;
export type ReferrersRoute = NamedRoute<'referrers', 'digest'>;
export type ManifestRoute = NamedRoute<'manifest', 'reference'>;

export function readRegistryRequest(request: HttpRequest): RegistryRequest {
  const target = request.target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const headers = new Map<string, string>();
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    if (!headers.has(key)) headers.set(key, value.trim());
  }
  return {
    method: request.method,
    path,
    route: readRoute(path),
    query: readQuery(mark === -1 ? '' : target.slice(mark + 1)),
    headers,
    origin: { endpoint: `http://${headers.get('host') ?? 'localhost'}`, sourceAddress: request.remoteAddress },
    body: request.body,
  };
}

/** Names hold slashes, so a path is read from its end. */
export function readRoute(path: string): Route {
  if (path === '/v2' || path === '/v2/') return { kind: 'ping' };
  const rest = decoded(path.slice('/v2/'.length));
  if (rest === undefined) return { kind: 'unknown' };
  if (rest === '_catalog') return { kind: 'catalog' };
  if (rest.startsWith('_download/')) return { kind: 'download', link: rest.slice('_download/'.length) };
  const parts = rest.split('/');
  const last = parts.at(-1) ?? '';
  const word = parts.at(-2) ?? '';
  const name = (without: number): string => parts.slice(0, -without).join('/');
  if (parts.length > 3 && parts.at(-3) === 'blobs' && word === 'uploads') {
    return last === '' ? { kind: 'uploads', name: name(3) } : { kind: 'upload', name: name(3), uploadId: last };
  }
  if (parts.length < 3) return { kind: 'unknown' };
  if (word === 'blobs' && last === 'uploads') return { kind: 'uploads', name: name(2) };
  if (word === 'blobs') return { kind: 'blob', name: name(2), digest: last };
  if (word === 'manifests') return { kind: 'manifest', name: name(2), reference: last };
  if (word === 'referrers') return { kind: 'referrers', name: name(2), digest: last };
  if (word === 'tags' && last === 'list') return { kind: 'tags', name: name(2) };
  return { kind: 'unknown' };
}

function readQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split('&')) {
    const mark = part.indexOf('=');
    const name = decoded(mark === -1 ? part : part.slice(0, mark));
    const value = decoded(mark === -1 ? '' : part.slice(mark + 1).replaceAll('+', ' '));
    if (name && value !== undefined && !query.has(name)) query.set(name, value);
  }
  return query;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // not UTF-8 or not an escape: it names nothing
  }
}
