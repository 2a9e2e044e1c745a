import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ListenAddress, Listener } from '../net.ts';
import { cannotListen } from './http-listener.ts';

/**
 * Listens, and joins every connection with one of its own to the host and port of `url`. Who begins with a TLS handshake
 * is met with a certificate that nobody has signed: some clients know no other way of speaking, and none for plain HTTP.
 */
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
  const certified = (): Promise<Server> => {
    secure ??= listenInside(address.host, join);
    return secure;
  };
  let secure: Promise<Server> | undefined;
  const server = createServer({ noDelay: true }, (client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    client.on('error', () => undefined); // the other side is told by the close that follows
    client.once('readable', () => {
      const first: Buffer | null = client.read();
      if (!first) return; // it left without a word
      client.unshift(first);
      if (first[0] === tlsHandshake) void certified().then((inside) => inside.emit('connection', client));
      else join(client);
    });
  });
  function join(client: Socket): void {
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
  }
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

const tlsHandshake = 0x16;
const certificateDays = 3650;

/** A TLS server that is handed connections instead of listening. */
async function listenInside(host: string, join: (client: Socket) => void): Promise<Server> {
  const [tls, { selfSignedCertificate }] = await Promise.all([
    import('node:tls'),
    import('./self-signed-certificate.ts'),
  ]);
  const { certificate, key } = selfSignedCertificate(host, certificateDays);
  const server = tls.createServer({ cert: certificate, key }, join);
  server.on('tlsClientError', () => undefined); // a client that does not trust it, which says so itself
  return server;
}
