import type { Socket } from 'node:net';
import { DockerError } from '../../docker.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { Spool } from './spool.ts';
import type { StreamNumber } from './record.ts';

const retryMs = 500;

/** What of a container's state decides whether it is to be attached to. */
interface Seen {
  readonly State: { readonly Status: string; readonly Running: boolean; readonly FinishedAt: string };
  readonly Config: { readonly Tty: boolean };
}

interface Attachment {
  readonly socket: Socket;
  readonly over: Promise<void>;
  /** When the container had last ended as it was attached to: the attachment is for the run after that. */
  readonly finishedAt: string;
}

/** One container whose output is kept: attached to before each of its starts, and for as long as it runs. */
export class KeptContainer {
  readonly #engine: DockerConnection;
  readonly #id: string;
  readonly #onChange: () => void;
  readonly spool: Spool;
  #attachment: Attachment | undefined;
  #attaching: Promise<void> | undefined;
  #queue: Promise<void> = Promise.resolve();
  /** Nothing more will come, unless it is started again. */
  hasEnded = false;

  constructor(engine: DockerConnection, id: string, folder: string, onChange: () => void) {
    this.#engine = engine;
    this.#id = id;
    this.#onChange = onChange;
    this.spool = new Spool(folder);
  }

  get isAttached(): boolean {
    return this.#attachment !== undefined || this.#attaching !== undefined;
  }

  /** Resolves once the output of the container's next run, or of the present one, is being taken. One after the other. */
  attach(): Promise<void> {
    const attached = this.#queue.then(() => this.#attachOnce());
    this.#queue = attached.catch(() => undefined); // who asked for it is told
    return attached;
  }

  /** Attaches where it can, however long that takes; a container that does not run has ended. */
  async resume(): Promise<void> {
    if (this.isAttached || this.hasEnded) return;
    this.#attaching = this.#attachWhileRunning().finally(() => (this.#attaching = undefined));
    await this.#attaching;
  }

  released(): void {
    if (!this.spool.isFull) this.#attachment?.socket.resume();
  }

  end(): void {
    this.hasEnded = true;
    this.#attachment?.socket.destroy();
  }

  async #attachOnce(): Promise<void> {
    await this.#attaching;
    const open = this.#attachment;
    if (open) {
      const { State } = await this.#inspect();
      if (State.Running || State.FinishedAt === open.finishedAt) return;
      await open.over; // what is left of its last run
      await this.#attaching;
    }
    this.#attaching = this.#attach().finally(() => (this.#attaching = undefined));
    await this.#attaching;
  }

  async #attachWhileRunning(): Promise<void> {
    for (;;) {
      try {
        const { State } = await this.#inspect();
        if (State.Running) return await this.#attach();
        break;
      } catch (error) {
        if (error instanceof DockerError && error.status === 404) break;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    this.hasEnded = true;
    this.#onChange();
  }

  #inspect(): Promise<Seen> {
    return this.#engine.call<Seen>({ method: 'GET', path: `/containers/${this.#id}/json` });
  }

  async #attach(): Promise<void> {
    const { State, Config } = await this.#inspect();
    const query = { stream: '1', stdout: '1', stderr: '1' };
    const path = `/containers/${this.#id}/attach`;
    const { socket, head } = await this.#engine.hijack({ method: 'POST', path, query });
    this.hasEnded = false;
    const take = Config.Tty ? terminalOutput() : framedOutput();
    const over = new Promise<void>((resolve) => {
      const onData = (data: Buffer): void => {
        this.spool.write(take(data));
        if (this.spool.isFull) socket.pause();
        this.#onChange();
      };
      socket.on('data', onData);
      socket.on('error', () => undefined); // its close says all
      socket.on('end', () => socket.end());
      socket.on('close', () => {
        this.spool.endLines();
        this.spool.close();
        this.#attachment = undefined;
        resolve();
        void this.resume();
      });
      if (head.length > 0) onData(head);
    });
    this.#attachment = { socket, over, finishedAt: State.FinishedAt };
  }
}

type Pieces = { readonly stream: StreamNumber; readonly bytes: Buffer }[];

/** Without a terminal the engine frames what it sends: one byte for the stream, three unused, four for the length. */
function framedOutput(): (data: Buffer) => Pieces {
  let header: Buffer = Buffer.alloc(0);
  let left = 0;
  let stream: StreamNumber = 1;
  return (data) => {
    const pieces: Pieces = [];
    let at = 0;
    while (at < data.length) {
      if (left === 0) {
        const part = data.subarray(at, at + 8 - header.length);
        header = header.length === 0 ? part : Buffer.concat([header, part]);
        at += part.length;
        if (header.length < 8) {
          header = Buffer.from(header);
          break;
        }
        stream = header[0] === 2 ? 2 : 1;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const bytes = data.subarray(at, at + left);
      at += bytes.length;
      left -= bytes.length;
      pieces.push({ stream, bytes });
    }
    return pieces;
  };
}

/** A terminal has one stream, and breaks its lines with a carriage return as well. */
function terminalOutput(): (data: Buffer) => Pieces {
  let rest = '';
  return (data) => {
    const text = rest + data.toString('latin1');
    rest = text.endsWith('\r') ? '\r' : '';
    const whole = rest === '' ? text : text.slice(0, -1);
    return [{ stream: 1, bytes: Buffer.from(whole.replaceAll('\r\n', '\n'), 'latin1') }];
  };
}
