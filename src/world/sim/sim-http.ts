import { assert } from '../../core/assert.ts';
import type { HttpBody, HttpRequest, HttpResponse, OutgoingRequest, RawHeaders } from '../net.ts';

/** The whole body; a stream is returned early when the client leaves. */
export async function collect(body: HttpResponse['body'], left: Promise<void>): Promise<Uint8Array> {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body.slice();
  const chunks: Uint8Array[] = [];
  const iterator = body[Symbol.asyncIterator]();
  const leaving = left.then(() => undefined);
  for (;;) {
    const next = await Promise.race([iterator.next(), leaving]);
    if (next === undefined) {
      await iterator.return?.();
      break;
    }
    if (next.done) break;
    chunks.push(next.value);
  }
  return concat(chunks);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

export function incomingRequest(
  method: string,
  url: ParsedUrl,
  request: Pick<OutgoingRequest, 'headers' | 'body'>,
  remoteAddress: string,
): HttpRequest {
  const bytes = typeof request.body === 'string' ? new TextEncoder().encode(request.body) : request.body;
  const given = Object.entries(request.headers);
  const has = (name: string): boolean => given.some(([each]) => each.toLowerCase() === name);
  const headers: RawHeaders = [
    ...(has('host') ? [] : [['host', url.authority] as const]),
    ...given,
    ...(bytes && !has('content-length') ? [['content-length', `${bytes.length}`] as const] : []),
  ];
  return {
    method,
    target: url.target,
    headers,
    remoteAddress,
    body: bodyOf(bytes ?? new Uint8Array(0)),
  };
}

function bodyOf(bytes: Uint8Array): HttpBody {
  return {
    read: async (limit) => (bytes.length > limit ? undefined : bytes),
    async *stream() {
      if (bytes.length > 0) yield bytes;
    },
  };
}

export interface ParsedUrl {
  readonly hostname: string;
  readonly port: number;
  readonly authority: string;
  readonly target: string;
}

export function parseUrl(text: string): ParsedUrl {
  const match = /^(https?|wss?):\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?([^#]*)/.exec(text);
  assert(match, `${text} is an absolute URL`);
  const [, scheme = '', hostname = '', port, rest = ''] = match;
  const target = rest === '' ? '/' : rest.startsWith('?') ? `/${rest}` : rest;
  const defaultPort = scheme === 'https' || scheme === 'wss' ? 443 : 80;
  return {
    hostname,
    port: port ? Number(port) : defaultPort,
    authority: port ? `${hostname}:${port}` : hostname,
    target,
  };
}
