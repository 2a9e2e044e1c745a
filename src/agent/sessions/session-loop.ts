import { type Socket, SocketRefused } from '../../world/net.ts';
import type { Clock, Log, Random, Timer } from '../../world/world.ts';

/** One kind of session with the control plane, kept up for as long as the agent lives. */
export interface SessionKind {
  readonly name: string;
  /** Opens a signed websocket. */
  open(): Promise<Socket>;
  /** Takes over an open socket. What it returns is called once, when the socket is closed. */
  begin(socket: Socket): () => void;
  /** Takes one frame. */
  take(message: string, socket: Socket): void;
}

export interface SessionLoop {
  stop(): void;
}

/**
 * Opens a socket, again whenever it closes. A connection on which nothing comes for a while is closed: the control
 * plane sends a heartbeat at least every minute.
 */
export function runSession(
  parts: { readonly clock: Clock; readonly random: Random; readonly log: Log },
  kind: SessionKind,
): SessionLoop {
  const { clock, random, log } = parts;
  const stop = new AbortController();
  let current: Socket | undefined;

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; ) {
      try {
        const socket = await kind.open();
        if (stop.signal.aborted) {
          socket.close(1000);
          return;
        }
        const openedMs = clock.monotonicMs();
        log.info('session open', { session: kind.name });
        const { code, reason } = await hold(socket);
        log.info('session closed', { session: kind.name, code, reason });
        if (clock.monotonicMs() - openedMs >= steadyMs) failures = 0;
        if (atOnce.has(code) && failures === 0) {
          await clock.sleep(reconnectJitterMs * random.fraction(), stop.signal);
          failures = 1; // a server that closes at once does not make us spin
          continue;
        }
        failures += 1;
      } catch (error) {
        failures += 1;
        log.warn('session not opened', { session: kind.name, reason: String(error) });
        if (error instanceof SocketRefused && error.body.includes('InactiveInstanceException')) {
          await clock.sleep(inactiveWaitMs, stop.signal);
          continue;
        }
      }
      const delayMs = Math.min(longestDelayMs, 250 * 1.5 ** failures) * (0.8 + 0.4 * random.fraction());
      await clock.sleep(delayMs, stop.signal);
    }
  }

  function hold(socket: Socket): Promise<{ readonly code: number; readonly reason: string }> {
    return new Promise((resolve) => {
      current = socket;
      let silence: Timer | undefined;
      const listen = (): void => {
        silence?.cancel();
        silence = clock.after(silenceMs * (1 + random.fraction()), () => socket.close(1000, 'no heartbeat'));
      };
      const lifetime = clock.after(lifetimeMs + 300_000 * random.fraction(), () =>
        socket.close(1000, 'ConnectionExpired: Reconnect to continue'),
      );
      const end = kind.begin(socket);
      listen();
      socket.onMessage((message) => {
        listen();
        kind.take(typeof message === 'string' ? message : new TextDecoder().decode(message), socket);
      });
      socket.onClose((code, reason) => {
        silence?.cancel();
        lifetime.cancel();
        current = undefined;
        end();
        resolve({ code, reason });
      });
    });
  }

  void run();
  return {
    stop() {
      stop.abort();
      current?.close(1000, 'agent stops');
    },
  };
}

/** Closings after which the stock agent comes back without waiting. */
const atOnce = new Set([1000, 1001, 1006, 1011]);
const silenceMs = 60_000;
const lifetimeMs = 30 * 60_000;
const steadyMs = 60_000;
const inactiveWaitMs = 3600_000;
/** Thousands of agents that lose one server together do not come back in one instant. */
const reconnectJitterMs = 300;
/** Shorter than the stock agent's two minutes: a control plane that is back should have its fleet back. */
const longestDelayMs = 5_000;
