import { connect, type Socket } from 'node:net';
import type { Prepared } from './signed-post.ts';

/**
 * One kept connection that sends the same bytes again and again and reads no more of an answer than where it ends: a
 * load that costs little, since the two threads of a core share it with the server that is measured.
 */
export class RawConnection {
  readonly #socket: Socket;
  readonly #bytes: Buffer;
  #received: Buffer = Buffer.alloc(0);
  #answered: (text: string) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor({ port, headers, body }: Prepared) {
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#bytes = Buffer.from(`POST / HTTP/1.1\r\n${head.join('')}\r\n${body}`);
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (data: Buffer) => this.#take(data));
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('the server closed the connection')));
  }

  /** Sends and reads the whole answer. Rejects when the status is not 200. */
  send(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(this.#bytes);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    const received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    const headEnd = received.indexOf('\r\n\r\n');
    const head = headEnd === -1 ? '' : received.toString('latin1', 0, headEnd);
    const length = /^content-length: ([0-9]+)/im.exec(head)?.[1];
    const isWhole = length !== undefined && received.length >= headEnd + 4 + Number(length);
    this.#received = isWhole ? Buffer.alloc(0) : received;
    if (!isWhole) return;
    const body = received.toString('utf8', headEnd + 4);
    if (head.startsWith('HTTP/1.1 200 ')) this.#answered(body);
    else this.#failed(new Error(`${head.split('\r\n', 1)[0]}: ${body}`));
  }
}
