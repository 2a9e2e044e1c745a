import type { HttpResponse } from '../../world/net.ts';
import { AwsError } from '../error.ts';

/** An error that no service models. */
export function refusal(status: number, code: string, message: string): AwsError {
  return new AwsError(code, message, { status });
}

/** An answer to what may come from a browser: plain text that no browser takes for anything else, and no CORS header. */
export function plainRefusal(status: number, message: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: `${message}\n`,
  };
}
