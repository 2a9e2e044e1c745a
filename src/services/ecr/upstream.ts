import { AwsError } from '../../aws/error.ts';
import { encodeBase64 } from '../../aws/protocols/base64.ts';
import { type Headers, type HttpAnswer, type Net, NetError } from '../../world/net.ts';
import { mediaTypes } from './rules/manifest.ts';

/** Another registry, read by a pull-through cache. */
export interface Upstream {
  /** The status with which it answers that it is a registry: 200 where it lets the credentials in. Throws as below. */
  ping(): Promise<number>;
  /** By tag or digest; undefined when it is not there. Throws UnableToGetUpstreamImageException. */
  manifest(repository: string, reference: string): Promise<UpstreamManifest | undefined>;
  /** A blob in parts of a few MiB each, so that memory stays flat. Throws UnableToGetUpstreamImageException. */
  blob(repository: string, digest: string, sizeBytes: number): AsyncIterable<Uint8Array>;
}

export interface UpstreamManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string | undefined;
}

export interface UpstreamOptions {
  readonly net: Pick<Net, 'request'>;
  /** A host name such as quay.io, or a base URL. */
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** Credentials and tokens stay within one Upstream: make one for each image. */
export function createUpstream({ net, url, credentials }: UpstreamOptions): Upstream {
  const base = /^https?:\/\//.test(url) ? url.replace(/\/+$/, '') : `https://${url}`;
  let authorization = credentials && basic(credentials);

  async function get(path: string, headers: Headers): Promise<HttpAnswer> {
    const first = await follow(path, headers);
    if (first.status !== 401) return first;
    const challenge = readChallenge(first.headers['www-authenticate']);
    if (!challenge) throw unable(`${base} refused with ${first.status}`);
    authorization = await tokenFor(challenge);
    return await follow(path, headers);
  }

  /** Registries send clients to where the bytes are. What is given to another host has no credentials of this one. */
  async function follow(path: string, headers: Headers): Promise<HttpAnswer> {
    let target = `${base}${path}`;
    for (let hops = 0; hops < 5; hops += 1) {
      const isOwn = target.startsWith(`${base}/`);
      const own: Headers = isOwn && authorization !== undefined ? { authorization } : {};
      const answer = await ask(target, { ...headers, ...own });
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      target = location.startsWith('/') ? `${originOf(target)}${location}` : location;
    }
    throw unable(`${base} redirects without end`);
  }

  async function ask(target: string, headers: Headers): Promise<HttpAnswer> {
    try {
      return await net.request({ method: 'GET', url: target, headers, timeoutMs: requestTimeoutMs });
    } catch (error) {
      if (error instanceof NetError) throw unable(`${base} does not answer: ${error.message}`);
      throw error;
    }
  }

  /** The token that the registry's own token service gives for a challenge, anonymously or to the credentials. */
  async function tokenFor({ realm, query }: { readonly realm: string; readonly query: string }): Promise<string> {
    if (!/^https?:\/\//.test(realm)) throw unable(`${base} names no token service`);
    const headers: Headers = credentials ? { authorization: basic(credentials) } : {};
    const answer = await ask(`${realm}${realm.includes('?') ? '&' : '?'}${query}`, headers);
    const token = answer.status === 200 ? readToken(answer.body) : undefined;
    if (token === undefined) throw unable(`${base} gives no token (${answer.status})`);
    return `Bearer ${token}`;
  }

  return {
    ping: async () => (await get('/v2/', {})).status,
    async manifest(repository, reference) {
      const answer = await get(`/v2/${repository}/manifests/${reference}`, {
        accept: Object.values(mediaTypes).join(', '),
      });
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw unable(`${base} answered ${answer.status} for ${repository}:${reference}`);
      return { bytes: answer.body, mediaType: answer.headers['content-type'] };
    },
    async *blob(repository, digest, sizeBytes) {
      for (let at = 0; at < sizeBytes; ) {
        const last = Math.min(at + partBytes, sizeBytes) - 1;
        const answer = await get(`/v2/${repository}/blobs/${digest}`, { range: `bytes=${at}-${last}` });
        const isWhole = answer.status === 200 && at === 0;
        if (answer.body.length === 0 || (answer.status !== 206 && !isWhole)) {
          throw unable(`${base} answered ${answer.status} for ${digest} of ${repository}`);
        }
        yield answer.body;
        at += answer.body.length;
      }
    },
  };
}

const partBytes = 4 * 1024 * 1024;
const requestTimeoutMs = 60_000;

function unable(message: string): AwsError {
  return new AwsError('UnableToGetUpstreamImageException', `The upstream image could not be pulled: ${message}.`);
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${encodeBase64(new TextEncoder().encode(`${username}:${password}`))}`;
}

function originOf(url: string): string {
  return /^https?:\/\/[^/]+/.exec(url)?.[0] ?? '';
}

/** `Bearer realm="…",service="…",scope="…"`, the last two as they go into the query. */
function readChallenge(header: string | undefined): { readonly realm: string; readonly query: string } | undefined {
  if (!/^bearer /i.test(header ?? '')) return undefined;
  const pairs = new Map(
    [...(header ?? '').matchAll(/([a-z_]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const realm = pairs.get('realm');
  if (realm === undefined) return undefined;
  const query = ['service', 'scope'].flatMap((name) => {
    const value = pairs.get(name);
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return { realm, query: query.join('&') };
}

function readToken(body: Uint8Array): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(new TextDecoder().decode(body)) as {
      readonly token?: unknown;
      readonly access_token?: unknown;
    };
    const found = token ?? accessToken;
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined; // no JSON, so no token
  }
}
