import { Readable } from 'node:stream';
import type { HttpHandler, RawHeaders } from '../../src/world/net.ts';
import { region, credentials, rawRequest } from './bed.ts';

/** Settings that make an AWS SDK client talk to a gateway in this process, byte for byte as it would over a socket. */
export function sdkConfig(handler: HttpHandler): SdkConfig {
  return {
    region,
    credentials,
    endpoint: 'http://localhost:4566',
    maxAttempts: 1,
    requestHandler: {
      async handle(request) {
        const search = new URLSearchParams(request.query).toString();
        const target = search === '' ? request.path : `${request.path}?${search}`;
        const headers: RawHeaders = Object.entries(request.headers);
        const body = request.body ?? '';
        const answer = await handler.request(rawRequest(request.method, target, headers, body));
        const source =
          typeof answer.body === 'string' || answer.body instanceof Uint8Array ? [answer.body] : answer.body;
        const stream = Readable.from(source, { objectMode: false });
        return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: stream } };
      },
    },
  };
}

export interface SdkConfig {
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  endpoint: string;
  maxAttempts: number;
  requestHandler: {
    handle(
      request: SdkRequest,
    ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: Readable } }>;
  };
}

interface SdkRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}
