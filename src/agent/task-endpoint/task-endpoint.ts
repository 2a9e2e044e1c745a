import { hex } from '../../core/hex.ts';
import type { Docker } from '../../world/docker.ts';
import type { HttpHandler, Listener, Net } from '../../world/net.ts';
import type { Clock, Disk, Log, Random } from '../../world/world.ts';
import { NetError } from '../../world/net.ts';
import { endpointAddress, endpointNetwork } from './addresses.ts';
import { createTaskEndpointHandler, type HandlerParts, limited } from './handler.ts';
import { createPeers, readAsked } from './peers.ts';

export interface TaskEndpointParts extends HandlerParts {
  readonly disk: Disk;
  readonly net: Net;
  readonly random: Random;
  readonly log: Log;
  readonly agentId: string;
  /** One for all agents of this machine, such as /run/longshore/agents. */
  readonly directory: string;
  /** The control plane's URL as this agent reaches it. */
  readonly endpoint: string;
  /** The port that this agent's containers have been told before. */
  readonly endpointPort?: number;
}

export interface TaskEndpoint {
  /** What the containers are told in AWS_ENDPOINT_URL. */
  readonly endpointUrl: string;
  readonly endpointPort: number;
  stop(): Promise<void>;
}

/**
 * Answers this agent's containers at 169.254.170.2, and passes what they send to that address's endpoint port on to the
 * control plane: `localhost` in a container is not this machine's, and a certificate that the agent trusts need not be
 * one that the image does. Several agents of one machine take turns at the addresses: whoever holds one dies or stops,
 * another has it within half a second.
 */
export async function startTaskEndpoint(parts: TaskEndpointParts): Promise<TaskEndpoint> {
  const { clock, net, random, log } = parts;
  const peers = createPeers(parts);
  const answer = createTaskEndpointHandler(parts);
  const token = hex(random.bytes(16));
  const ofFellows = await net.listen(
    { host: '127.0.0.1', port: 0 },
    {
      request: async (request) => {
        const asked = readAsked(request, token);
        return asked ? answer(asked) : refused;
      },
      upgrade: async () => refused,
    },
  );
  const endpointPort = await chooseEndpointPort(parts, await peers.others());
  await peers.announce({ port: ofFellows.port, token, endpointPort, endpoint: parts.endpoint });

  const handler: HttpHandler = limited(clock, async (request) => {
    const own = await answer(request);
    return own.status === 200 ? own : ((await peers.ask(request)) ?? own);
  });
  const stop = new AbortController();
  const keeping = [
    keep({ ...parts, port: 80, listen: (address) => net.listen(address, handler) }, stop.signal),
    keep({ ...parts, port: endpointPort, listen: (address) => net.forward(address, parts.endpoint) }, stop.signal),
  ];
  log.info('task endpoint', { address: endpointAddress, endpointPort });
  return {
    endpointUrl: `http://${endpointAddress}:${endpointPort}`,
    endpointPort,
    async stop() {
      stop.abort();
      await Promise.all(keeping);
      await peers.withdraw();
      await ofFellows.close();
    },
  };
}

const refused = { status: 403, headers: {}, body: '' };

/** The control plane's own port, unless an agent of another control plane has that here. */
async function chooseEndpointPort(
  parts: Pick<TaskEndpointParts, 'endpoint' | 'endpointPort'>,
  others: readonly { readonly endpointPort: number; readonly endpoint: string }[],
): Promise<number> {
  if (parts.endpointPort !== undefined) return parts.endpointPort;
  const taken = new Set(others.filter(({ endpoint }) => endpoint !== parts.endpoint).map((peer) => peer.endpointPort));
  const [, scheme, port] = /^(https?):\/\/[^/?#]*?(?::(\d+))?(?:[/?#]|$)/.exec(parts.endpoint) ?? [];
  let wanted = port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port);
  while (taken.has(wanted) || wanted === 80) wanted += 1;
  return wanted;
}

interface KeepParts {
  readonly port: number;
  readonly listen: (address: { readonly host: string; readonly port: number }) => Promise<Listener>;
  readonly docker: Docker;
  readonly clock: Clock;
  readonly log: Log;
}

/** Holds one port of the address whenever no other agent does. Resolves when it has been given up. */
async function keep(parts: KeepParts, stop: AbortSignal): Promise<void> {
  const { clock, log, port } = parts;
  const address = { host: endpointAddress, port };
  let said = '';
  const say = (reason: string): void => {
    if (reason !== said) log.warn('the task endpoint is not served', { port, reason });
    said = reason;
  };
  let listener: Listener | undefined;
  while (!stop.aborted) {
    try {
      listener ??= await parts.listen(address);
      said = '';
      await ensureNetwork(parts.docker); // the engine may have lost it, and the address with it
    } catch (error) {
      const isMissing = error instanceof NetError && error.code === 'EADDRNOTAVAIL';
      const isHeld = error instanceof NetError && error.code === 'EADDRINUSE';
      if (isMissing) {
        const made = await ensureNetwork(parts.docker).catch((reason: unknown) => reason);
        if (made instanceof Error) say(made.message);
        else continue;
      } else if (!isHeld) say(error instanceof Error ? error.message : String(error));
    }
    await clock.sleep(listener ? lookAfterMs : takeOverAfterMs, stop);
  }
  await listener?.close();
}

/** Half of the second within which another agent has the address after its holder died. */
const takeOverAfterMs = 500;
const lookAfterMs = 30_000;

async function ensureNetwork(docker: Docker): Promise<void> {
  if (await docker.inspectNetwork(endpointNetwork.name)) return;
  try {
    await docker.createNetwork({
      Name: endpointNetwork.name,
      Driver: 'bridge',
      Internal: true,
      IPAM: { Config: [{ Subnet: endpointNetwork.cidrBlock, Gateway: endpointAddress }] },
      Options: {
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.bridge.name': endpointNetwork.bridge,
      },
      Labels: { 'longshore.task-endpoint': endpointAddress },
    });
  } catch (error) {
    if (!(await docker.inspectNetwork(endpointNetwork.name))) throw error; // no other agent was quicker
  }
}
