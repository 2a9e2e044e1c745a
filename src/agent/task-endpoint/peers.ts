import type { HttpRequest, HttpResponse, Net } from '../../world/net.ts';
import type { Disk } from '../../world/world.ts';
import { unknownIdHeader } from './answers.ts';

/** How an agent finds its fellows on one machine. */
export interface Peer {
  readonly agentId: string;
  /** Where it answers for its own containers, on the loopback address. */
  readonly port: number;
  /** What a fellow shows to be let in. */
  readonly token: string;
  /** Where its containers reach the control plane, and which that is. */
  readonly endpointPort: number;
  readonly endpoint: string;
}

export interface PeersParts {
  readonly disk: Disk;
  readonly net: Net;
  /** One directory for all agents of the machine; only they can write there. */
  readonly directory: string;
  readonly agentId: string;
}

export interface Peers {
  announce(own: Omit<Peer, 'agentId'>): Promise<void>;
  withdraw(): Promise<void>;
  /** Those that have announced themselves. An agent that was killed is among them until its file is replaced. */
  others(): Promise<readonly Peer[]>;
  /** What another agent answers to a request whose id is unknown here; undefined when no one knows it. */
  ask(request: HttpRequest): Promise<HttpResponse | undefined>;
}

/**
 * All agents of one machine share 169.254.170.2, and one of them holds it at a time: it asks the others about what it
 * does not know.
 */
export function createPeers(parts: PeersParts): Peers {
  const { disk, net, directory } = parts;
  const own = `${directory}/${parts.agentId}.json`;

  async function others(): Promise<readonly Peer[]> {
    const names = (await disk.list(directory)).filter((name) => name.endsWith('.json'));
    const peers = await Promise.all(names.map(async (name) => readPeer(await disk.read(`${directory}/${name}`))));
    return peers.flatMap((peer) => (peer && peer.agentId !== parts.agentId ? [peer] : []));
  }

  return {
    others,
    async announce(peer) {
      await disk.makeDirectory(directory, 0o700);
      const text = JSON.stringify({ agentId: parts.agentId, ...peer });
      await disk.writeAtomic(own, new TextEncoder().encode(text), 0o600);
    },
    withdraw: () => disk.remove(own),
    async ask(request) {
      const body = request.method === 'GET' ? undefined : await request.body.read(bodyLimitBytes);
      const answers = (await others()).map(async ({ port, token }) => {
        const answer = await net.request({
          method: request.method,
          url: `http://127.0.0.1:${port}${request.target}`,
          // Version 2 of the metadata knows its caller by address, which a passed-on request no longer has.
          headers: { [tokenHeader]: token, [callerHeader]: request.remoteAddress },
          ...(body ? { body } : {}),
          timeoutMs: askLimitMs,
        });
        if (unknownIdHeader in answer.headers) throw new Error('unknown there as well');
        const { status, body: said } = answer;
        const type = answer.headers['content-type'] ?? 'application/json';
        return { status, headers: { 'content-type': type }, body: said };
      });
      // One that is gone and one that does not know come to the same here.
      return Promise.any(answers).catch(() => undefined);
    },
  };
}

/** The request as the agent sees it that is asked, undefined when it comes from no fellow. */
export function readAsked(request: HttpRequest, token: string): HttpRequest | undefined {
  const headers = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  if (headers.get(tokenHeader) !== token) return undefined;
  return { ...request, remoteAddress: headers.get(callerHeader) ?? '' };
}

const tokenHeader = 'x-longshore-peer';
const callerHeader = 'x-longshore-caller';
const bodyLimitBytes = 64 * 1024;
const askLimitMs = 2000;

function readPeer(bytes: Uint8Array | undefined): Peer | undefined {
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value !== 'object' || value === null) return undefined;
    const blank = { agentId: '', port: 0, token: '', endpointPort: 0, endpoint: '' };
    const { agentId, port, token, endpointPort, endpoint } = { ...blank, ...value };
    return {
      agentId: String(agentId),
      port: Number(port),
      token: String(token),
      endpointPort: Number(endpointPort),
      endpoint: String(endpoint),
    };
  } catch {
    return undefined; // somebody else's file
  }
}
