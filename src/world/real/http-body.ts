import type { IncomingMessage } from 'node:http';
import { type HttpBody, NetError } from '../world.ts';

/** How long a client may pause within a body that is waited for whole. */
const pauseLimitMs = 60_000;
/** How much of a body nobody wants is taken in, so that the client gets to reading the answer. */
const unwantedLimitBytes = 16 * 1024 * 1024;
const noBytes = new Uint8Array();

/** `length` is what the request declares: bytes, undefined when it is sent in chunks. */
export function bodyOf(request: IncomingMessage, length: number | undefined): HttpBody {
  return {
    read: (limit) => {
      if (length === 0) return Promise.resolve(noBytes);
      return length !== undefined && length > limit ? leave(request) : readAll(request, limit);
    },
    stream: () => request,
  };
}

/** By events and not by iteration: half of a small request's cost would be the iterator. */
function readAll(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const pause = setTimeout(() => request.destroy(new NetError('the client stopped sending')), pauseLimitMs);
    const onData = (chunk: Uint8Array): void => {
      pause.refresh();
      chunks.push(chunk);
      size += chunk.length;
      if (size <= limit) return;
      clearTimeout(pause);
      request.off('data', onData);
      resolve(leave(request));
    };
    request.on('data', onData);
    request.once('end', () => {
      clearTimeout(pause);
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    request.once('error', (error) => {
      clearTimeout(pause);
      reject(new NetError(`the request ended early: ${error.message}`, { cause: error }));
    });
  });
}

/** Closing a connection with bytes unread resets it, and the client never sees why it was refused. */
function leave(request: IncomingMessage): Promise<undefined> {
  let unwanted = 0;
  request.on('data', (chunk: Uint8Array) => {
    unwanted += chunk.length;
    if (unwanted > unwantedLimitBytes) request.destroy();
  });
  request.on('error', () => undefined); // the client left, and so have we
  return Promise.resolve(undefined);
}
