import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ListenAddress, Listener } from '../net.ts';
import { cannotListen } from './http-listener.ts';

/** Listens, and joins every connection with one of its own to the host and port of `url`. */
export async function forwardTcp(address: ListenAddress, url: string): Promise<Listener> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  // Loaded where it is needed: it costs a start more than most of our own modules.
  const tls = protocol === 'https:' ? await import('node:tls') : undefined;
  const dial = (): Socket =>
    tls
      ? tls.connect({ host, port: Number(port || 443), servername: host })
      : connect({ host, port: Number(port || 80), noDelay: true });
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const target = dial();
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(one);
      // Either side's end or failure ends the other; what was wrong, the one who dialled sees as a closed connection.
      one.once('error', () => other.destroy());
      one.once('close', () => {
        open.delete(one);
        other.destroySoon();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(address, error)));
    server.listen({ ...address, backlog: 1024 }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // a server on a port has one
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
