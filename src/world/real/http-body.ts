import type { IncomingMessage } from 'node:http';
import { type HttpBody, NetError } from '../net.ts';
import { bodyParts } from './body-parts.ts';

const noBytes = new Uint8Array();

/** `length` is what the request declares: bytes, undefined when it is sent in chunks. */
export function bodyOf(request: IncomingMessage, length: number | undefined, slow: SlowBodies): HttpBody {
  return {
    read: (limit) => {
      if (length === 0) return Promise.resolve(noBytes);
      return length !== undefined && length > limit ? Promise.resolve(undefined) : readAll(request, limit, slow);
    },
    stream: () => streamed(request, slow),
    lend: () => bodyParts(request, slow),
  };
}

/**
 * Ends the connections of clients that pause within a body that is waited for whole: else a thousand of them would hold
 * a thousand requests for ever. One timer for all, for a timer each would be a twentieth of a small request's cost.
 */
export class SlowBodies {
  readonly #lastHeard = new Map<IncomingMessage, number>();
  readonly #timer: NodeJS.Timeout;
  #round = 0;

  /** A client may be silent for six rounds. */
  constructor(roundMs = 10_000) {
    this.#timer = setInterval(() => this.#endSilent(), roundMs).unref();
  }

  note(request: IncomingMessage): void {
    this.#lastHeard.set(request, this.#round);
  }

  forget(request: IncomingMessage): void {
    this.#lastHeard.delete(request);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #endSilent(): void {
    this.#round += 1;
    for (const [request, round] of this.#lastHeard) {
      if (this.#round - round > silentRounds) request.destroy(new NetError('the client stopped sending'));
    }
  }
}

const silentRounds = 6;

/** Left early, it does not end the connection: the client is still to be told why. */
async function* streamed(request: IncomingMessage, slow: SlowBodies): AsyncGenerator<Uint8Array> {
  slow.note(request);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      slow.forget(request); // whoever takes it in may be slow at it, and that is not the client's fault
      yield chunk;
      slow.note(request);
    }
  } finally {
    slow.forget(request);
  }
}

/** By events and not by iteration: half of a small request's cost would be the iterator. */
function readAll(request: IncomingMessage, limit: number, slow: SlowBodies): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    slow.note(request);
    const onData = (chunk: Uint8Array): void => {
      slow.note(request);
      chunks.push(chunk);
      size += chunk.length;
      if (size <= limit) return;
      slow.forget(request);
      request.off('data', onData);
      resolve(undefined);
    };
    // Not once(): each of them comes once, and the wrapper would be made for every request.
    request.on('data', onData);
    request.on('end', () => {
      slow.forget(request);
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', (error) => {
      slow.forget(request);
      reject(new NetError(`the request ended early: ${error.message}`, { cause: error }));
    });
  });
}

/** As long as nginx listens to a client that goes on sending. */
const lingerMs = 30_000;

/**
 * Takes in what nobody wants any more, and says when it is all there or the client has left. Many a client reads its answer
 * only when it has sent everything, and a connection that is closed before that is reset.
 */
export function throwAwayRest(request: IncomingMessage, done: () => void): void {
  if (request.destroyed) {
    done();
    return;
  }
  const timer = setTimeout(() => request.destroy(), lingerMs).unref();
  request.once('close', () => {
    clearTimeout(timer);
    done();
  });
  request.on('error', () => undefined).resume(); // the client left, and so have we
}
