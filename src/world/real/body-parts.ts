import type { IncomingMessage } from 'node:http';
import { NetError } from '../net.ts';

/** A write costs a hundred microseconds of thread hops however small it is; what is larger leaves the processor's cache. */
const partBytes = 512 * 1024;

/**
 * A large body in parts of one size, in two buffers that take turns: while whoever asked is at one part, the network fills
 * the other. What came before the client left is given before NetError is thrown. A client sends thousands of small chunks:
 * they are gathered by events, at a fraction of an iteration's cost, and let go by hand, for collecting them would cost as
 * much as all else.
 */
export async function* bodyParts(request: IncomingMessage, slow: Silence): AsyncGenerator<Uint8Array> {
  let filling = new Uint8Array(partBytes);
  let given = new Uint8Array(partBytes);
  let filled = 0;
  let isWaiting = false;
  /** What came when the part was full: a pausing connection gives the rest of what it has read. */
  let more: Uint8Array[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake = (): void => undefined;

  function take(chunk: Uint8Array): void {
    const fits = Math.min(chunk.length, partBytes - filled);
    filling.set(fits === chunk.length ? chunk : chunk.subarray(0, fits), filled);
    filled += fits;
    if (fits < chunk.length) more.push(chunk.subarray(fits));
    else letGo(chunk);
    if (isWaiting) slow.note(request);
    if (filled < partBytes) return;
    request.pause();
    wake();
  }
  function end(): void {
    ended = true;
    wake();
  }
  function fail(error?: Error): void {
    failure ??= new NetError(`the request ended early: ${error?.message ?? 'the client left'}`, { cause: error });
    wake();
  }
  function close(): void {
    if (!ended) fail();
  }

  request.on('data', take).once('end', end).once('error', fail).once('close', close);
  if (request.destroyed) close(); // before anybody listened
  try {
    for (;;) {
      if (filled < partBytes && !ended && !failure) {
        isWaiting = true;
        slow.note(request);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        isWaiting = false;
        slow.forget(request); // whoever takes it in may be slow at it, and that is not the client's fault
      }
      if (filled === 0 && failure) throw failure;
      if (filled === 0) return;
      [filling, given] = [given, filling];
      const part = given.subarray(0, filled);
      filled = 0;
      const waiting = more;
      more = [];
      for (const chunk of waiting) take(chunk);
      if (request.isPaused() && filled < partBytes) request.resume();
      yield part;
    }
  } finally {
    request.off('data', take).off('end', end).off('error', fail).off('close', close);
    slow.forget(request);
  }
}

/** Who ends connections whose clients fall silent. */
interface Silence {
  /** The client is waited for, and was heard of just now. */
  note(request: IncomingMessage): void;
  forget(request: IncomingMessage): void;
}

/** One that is a view of a larger buffer is left to the collector. */
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
}
