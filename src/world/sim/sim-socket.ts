import type { Socket } from '../net.ts';
import type { SimLife } from './sim-life.ts';

/**
 * Both ends of one websocket. Messages keep their order and across a partition they wait, as TCP makes them; but whoever
 * stands in between may lose, repeat or hold up what he passes on.
 */
export class SocketPair {
  readonly link: string;
  readonly clientEnd: Socket;
  readonly serverEnd: Socket;
  readonly #parts: SocketParts;
  readonly #client: End;
  readonly #server: End;
  #isOpen = true;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.link = parts.link;
    this.#client = new End(parts.client);
    this.#server = new End(parts.server);
    this.clientEnd = this.#socket(this.#client, this.#server);
    this.serverEnd = this.#socket(this.#server, this.#client);
    this.#stopClient = parts.client.onEnd((ending) => this.#peerGone(this.#server, ending === 'process'));
    this.#stopServer = parts.server.onEnd((ending) => this.#peerGone(this.#client, ending === 'process'));
  }

  readonly #stopClient: () => void;
  readonly #stopServer: () => void;

  /** Delivers what a partition held back. */
  flush(): void {
    for (const end of [this.#client, this.#server]) for (const deliver of end.heldBack.splice(0)) deliver();
  }

  /** Breaks the connection for both ends, without a close frame. */
  reset(): void {
    this.#finish();
    for (const end of [this.#client, this.#server]) this.#deliver(end, () => this.#close(end, 1006, ''));
  }

  #socket(own: End, peer: End): Socket {
    return {
      send: (message) => {
        if (!this.#isOpen || own.isClosed || !own.life.isAlive) return;
        if (this.#parts.resets()) {
          this.reset();
          return;
        }
        const copy = typeof message === 'string' ? message : message.slice();
        const length = message.length;
        for (const lateMs of this.#parts.arrivals()) {
          if (lateMs > 0) {
            peer.life.after(lateMs, () => this.#deliver(peer, () => peer.received(copy)));
            continue;
          }
          const isHeldBack = this.#parts.isCut();
          if (isHeldBack) own.bufferedBytes += length;
          this.#deliver(peer, () => {
            if (isHeldBack) own.bufferedBytes -= length;
            peer.received(copy);
          });
        }
      },
      get bufferedBytes() {
        return own.bufferedBytes;
      },
      onMessage: (listener) => own.listen(listener),
      onClose: (listener) => own.listenClose(listener),
      close: (code = 1000, reason = '') => {
        if (!this.#isOpen || own.isClosed || !own.life.isAlive) return;
        this.#finish();
        this.#deliver(peer, () => {
          this.#close(peer, code, reason);
          this.#deliver(own, () => this.#close(own, code, reason));
        });
        own.life.after(closeTimeoutMs, () => this.#close(own, 1006, ''));
      },
    };
  }

  /** The other process is gone: its kernel says so at once; without power nobody says anything until keep-alive gives up. */
  #peerGone(survivor: End, isTold: boolean): void {
    this.#finish();
    if (isTold) this.#deliver(survivor, () => this.#close(survivor, 1006, ''));
    else survivor.life.after(silentPeerMs, () => this.#close(survivor, 1006, ''));
  }

  /** No more is sent. The pair is kept until both ends know. */
  #finish(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopClient();
    this.#stopServer();
  }

  #close(end: End, code: number, reason: string): void {
    end.closed(code, reason);
    if ([this.#client, this.#server].every((each) => each.isClosed || !each.life.isAlive)) this.#parts.forget();
  }

  /** Calls at the other end after the latency, never before what was sent there earlier. */
  #deliver(to: End, action: () => void): void {
    if (this.#parts.isCut() || to.heldBack.length > 0) {
      to.heldBack.push(() => this.#deliver(to, action));
      return;
    }
    const now = to.life.monotonicMs();
    to.lastDeliveryMs = Math.max(to.lastDeliveryMs, now + this.#parts.latencyMs());
    if (to.lastDeliveryMs > now) to.life.after(to.lastDeliveryMs - now, action);
    else to.life.soon(action);
  }
}

export interface SocketParts {
  readonly client: SimLife;
  readonly server: SimLife;
  readonly link: string;
  readonly latencyMs: () => number;
  readonly isCut: () => boolean;
  /** Asked at each message: whether the connection breaks now. */
  readonly resets: () => boolean;
  /**
   * Asked at each message: how late, in milliseconds, each copy of it comes. [0] is as it should be; none is lost, several
   * are repeated, and those that are late are overtaken.
   */
  readonly arrivals: () => readonly number[];
  readonly forget: () => void;
}

const silentPeerMs = 60_000;
/** Who closes waits no longer for the other's word: it may be cut off and die meanwhile. */
const closeTimeoutMs = 30_000;

/** What one end has received and whom it tells. */
class End {
  readonly life: SimLife;
  readonly heldBack: (() => void)[] = [];
  lastDeliveryMs = 0;
  bufferedBytes = 0;
  isClosed = false;
  #waiting: (string | Uint8Array)[] = [];
  #listener: ((message: string | Uint8Array) => void) | undefined;
  readonly #closeListeners: ((code: number, reason: string) => void)[] = [];
  #close: { readonly code: number; readonly reason: string } | undefined;

  constructor(life: SimLife) {
    this.life = life;
  }

  listen(listener: (message: string | Uint8Array) => void): void {
    this.#listener = listener;
    for (const message of this.#waiting.splice(0)) listener(message);
  }

  listenClose(listener: (code: number, reason: string) => void): void {
    this.#closeListeners.push(listener);
    if (this.#close) listener(this.#close.code, this.#close.reason);
  }

  received(message: string | Uint8Array): void {
    if (this.isClosed) return;
    if (this.#listener) this.#listener(message);
    else this.#waiting.push(message);
  }

  closed(code: number, reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#close = { code, reason };
    for (const listener of this.#closeListeners) listener(code, reason);
  }
}
