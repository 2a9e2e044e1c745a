import { connect, type Socket } from 'node:net';
import type { Prepared } from './signed-post.ts';

/**
 * One kept connection that sends the same bytes again and again and reads no more of an answer than where it ends: a
 * load that costs little, since the two threads of a core share it with the server that is measured. What comes is read
 * into one buffer for the life of the connection, and looked at as bytes.
 */
export class RawConnection {
  readonly #socket: Socket;
  readonly #bytes: Buffer;
  readonly #received = Buffer.allocUnsafeSlow(64 * 1024);
  #size = 0;
  #answered: (body: Buffer) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor({ port, headers, body }: Prepared) {
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#bytes = Buffer.from(`POST / HTTP/1.1\r\n${head.join('')}\r\n${body}`);
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: () => this.#received.subarray(this.#size),
        callback: (length) => {
          this.#size += length;
          this.#look();
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('the server closed the connection')));
  }

  /** Sends and reads the whole answer; its body is there until the next one comes. Rejects when the status is not 200. */
  send(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(this.#bytes);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #look(): void {
    const received = this.#received.subarray(0, this.#size);
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const at = received.indexOf(lengthName);
    const length = Number(received.toString('latin1', at + lengthName.length, received.indexOf('\r', at + 2)));
    if (received.length < headEnd + 4 + length) return;
    const body = received.subarray(headEnd + 4);
    this.#size = 0;
    if (received.toString('latin1', 9, 12) === '200') this.#answered(body);
    else this.#failed(new Error(received.toString()));
  }
}

/** As Node's own server writes what ours hands it. */
const lengthName = Buffer.from('\r\ncontent-length: ');
