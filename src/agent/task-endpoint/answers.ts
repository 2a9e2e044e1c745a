import type { HttpResponse } from '../../world/net.ts';

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** Nothing here has this id. The header tells a fellow agent that passed the request on; see peers.ts. */
export function unknownId(response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, [unknownIdHeader]: 'true' } };
}

export const unknownIdHeader = 'x-longshore-unknown-id';
