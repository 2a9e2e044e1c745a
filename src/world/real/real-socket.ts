import type { WebSocket } from 'ws';
import type { Socket } from '../net.ts';

/** A message longer than this closes the connection with 1009. */
export const longestMessageBytes = 16 * 1024 * 1024;

type Message = string | Uint8Array;

/** One websocket of the library as the port's Socket. Made before the first event can come. */
export class RealSocket implements Socket {
  readonly #socket: WebSocket;
  readonly #early: Message[] = [];
  readonly #messageListeners: ((message: Message) => void)[] = [];
  readonly #closeListeners: ((code: number, reason: string) => void)[] = [];
  #closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
      this.#take(isBinary ? bytes : bytes.toString());
    });
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      for (const listener of this.#closeListeners) listener(code, this.#closed.reason);
    });
    socket.on('error', () => undefined); // always followed by `close`, whose code tells (1006, 1009, ...)
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Message): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(message);
  }

  onMessage(listener: (message: Message) => void): void {
    this.#messageListeners.push(listener);
    for (const message of this.#early.splice(0)) listener(message);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    if (this.#closed) listener(this.#closed.code, this.#closed.reason);
    else this.#closeListeners.push(listener);
  }

  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason);
  }

  #take(message: Message): void {
    if (this.#messageListeners.length === 0) this.#early.push(message);
    for (const listener of this.#messageListeners) listener(message);
  }
}
