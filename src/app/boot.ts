import { join } from 'node:path';
import { openSqliteJournal } from '../world/real/sqlite-journal.ts';
import { realWorld } from '../world/real/real-world.ts';
import { rootAccessKeys } from './access-keys.ts';
import { composeControlPlane } from './compose.ts';
import { checkConfig, isLoopback, type ServerConfig } from './config.ts';
import { type HostAgent, startHostAgent } from './host-agent.ts';
import { rootKeys } from './root-keys.ts';
import { writeServerAddress } from './server-file.ts';

/** A running server. */
export interface RunningServer {
  readonly endpoint: string;
  /** Stops listening, then all else. Tasks go on running. */
  close(): Promise<void>;
}

/** Starts the control plane on this machine, and the agent that serves its Fargate pool. */
export async function boot(config: ServerConfig): Promise<RunningServer> {
  checkConfig(config);
  const world = realWorld();
  const { dataDirectory, accountId, region } = config;
  await world.disk.makeDirectory(dataDirectory, 0o700);
  const journal = await openSqliteJournal({
    directory: join(dataDirectory, 'state'),
    acceptLoss: config.acceptLoss,
    log: world.log,
    onFatal: (error) => endAtOnce(error),
  });
  const keys = await rootKeys(world.disk, world.random, dataDirectory, config.credentials);
  const controlPlane = await composeControlPlane({
    world,
    journal,
    logDirectory: join(dataDirectory, 'logs'),
    accessKeys: rootAccessKeys(keys, accountId),
    accounts: [accountId],
    region,
    allowedHosts: [...(isLoopback(config.host) ? ['127.0.0.1', '[::1]'] : [config.host]), ...config.allowedHosts],
  });
  const listener = await world.net.listen({ host: config.host, port: config.port }, controlPlane.handler);
  const endpoint = `http://${urlHost(config.host)}:${listener.port}`;
  await writeServerAddress(world.disk, dataDirectory, { endpoint, region, accountId });

  // Not awaited before the server is ready: the engine may be slow to answer, or not there yet.
  const agent: Promise<HostAgent> | undefined = config.agent
    ? startHostAgent({
        world,
        dataDirectory: join(dataDirectory, 'agent'),
        endpoint,
        region,
        keys,
        cluster: 'default',
        fargatePool: true,
      })
    : undefined;
  agent?.catch((error: unknown) => endAtOnce(error));

  return {
    endpoint,
    close: async () => {
      await (await agent)?.close();
      await listener.close();
      await controlPlane.close();
    },
  };
}

/** Where it cannot be told any more what is durable, going on would be worse than ending. */
function endAtOnce(error: unknown): never {
  process.stderr.write(`longshore: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
