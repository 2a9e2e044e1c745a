import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { longestMessageBytes, RealSocket } from './real-socket.ts';

/**
 * The websockets of one listener. The library is loaded when the first is asked for: it brings TLS and zlib along, which
 * together cost a tenth of a start.
 */
export class WebSockets {
  #server: WebSocketServer | undefined;

  /** Completes the handshake of an upgrade, or refuses one that is none. */
  async accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    taken: (socket: RealSocket) => void,
  ): Promise<void> {
    const { WebSocketServer } = await import('ws');
    this.#server ??= new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: longestMessageBytes });
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      request.socket.setKeepAlive(true, 30_000); // a peer whose machine is gone never closes
      taken(new RealSocket(webSocket));
    });
  }

  /** Asks every peer to close. */
  close(): void {
    for (const webSocket of this.#server?.clients ?? []) webSocket.close(1001, 'the server is stopping');
  }

  /** Drops those that have not answered. */
  terminate(): void {
    for (const webSocket of this.#server?.clients ?? []) webSocket.terminate();
  }
}
