import type { HttpResponse } from '../world/net.ts';

export function json(status: number, value: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
