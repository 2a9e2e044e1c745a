import { join } from 'node:path';
import { realWorld } from '../world/real/real-world.ts';
import { rootAccessKeys } from './access-keys.ts';
import { composeControlPlane } from './compose.ts';
import { checkConfig, isLoopback, type ServerConfig } from './config.ts';
import { dataKey } from './data-key.ts';
import { fetchJsonOver } from './fetch-json.ts';
import { openJournal } from './journal.ts';
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
  // Each waits for the disk at a first start; none waits for another.
  const [journal, keys, ownKey] = await Promise.all([
    openJournal(world.log, join(dataDirectory, 'state'), config.acceptLoss),
    rootKeys(world.disk, world.random, dataDirectory, config.credentials),
    dataKey(world.disk, world.random, dataDirectory),
  ]);
  const controlPlane = await composeControlPlane({
    world,
    fetchJson: fetchJsonOver(world.net),
    journal,
    logDirectory: join(dataDirectory, 'logs'),
    imageDirectory: join(dataDirectory, 'images'),
    objectDirectory: join(dataDirectory, 'objects'),
    fileSystemDirectory: join(dataDirectory, 'file-systems'),
    net: world.net,
    dataKey: ownKey,
    accessKeys: rootAccessKeys(keys, accountId),
    accounts: [accountId],
    region,
    ...(config.keepStoppedMinutes !== undefined && { stoppedTaskMs: config.keepStoppedMinutes * 60_000 }),
    allowedHosts: [...(isLoopback(config.host) ? ['127.0.0.1', '[::1]'] : [config.host]), ...config.allowedHosts],
  });
  const listener = await world.net
    .listen({ host: config.host, port: config.port }, controlPlane.handler)
    .catch(async (error: unknown) => {
      await controlPlane.close(); // its timers would keep the process from ending
      throw error;
    });
  const endpoint = `http://${urlHost(config.host)}:${listener.port}`;
  await writeServerAddress(world.disk, dataDirectory, { endpoint, region, accountId });

  // Loaded only now: what it is made of is needed after the first answer, and without an agent not at all.
  const agent = config.agent
    ? (await import('./host-agent.ts')).startHostAgent({
        world,
        dataDirectory: join(dataDirectory, 'agent'),
        endpoint,
        region,
        keys,
        cluster: 'default',
        fargatePool: true,
        ...(config.securityGroups === undefined ? {} : { securityGroups: config.securityGroups }),
      })
    : undefined;

  return {
    endpoint,
    close: async () => {
      await agent?.close();
      await listener.close();
      await controlPlane.close();
    },
  };
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
