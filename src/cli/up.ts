import { boot } from '../app/boot.ts';
import { parseCredentials } from '../app/config.ts';
import { realLog } from '../world/real/real-log.ts';
import type { UpOptions } from './program.ts';
import { stopAsked } from './stop-asked.ts';
import { takePriority } from './take-priority.ts';

/** Runs the server until SIGINT or SIGTERM, which end it cleanly and leave tasks running. */
export async function up(options: UpOptions): Promise<void> {
  const stopping = stopAsked();
  const server = await boot({
    host: options.host,
    port: options.port,
    dataDirectory: options.dataDir,
    ...(options.credentials === undefined ? {} : { credentials: parseCredentials(options.credentials) }),
    accountId: options.account,
    region: options.region,
    agent: options.agent,
    allowedHosts: options.allowHost ?? [],
    insecureListen: options.insecureListen,
    acceptLoss: options.acceptLoss,
    securityGroups: options.securityGroups,
    ...(options.keepStopped === undefined ? {} : { keepStoppedMinutes: options.keepStopped }),
  });
  process.stdout.write(
    `Longshore is ready at ${server.endpoint} (account ${options.account}, region ${options.region}, data in ${options.dataDir})\n`,
  );
  takePriority(options.priority, realLog());
  await stopping;
  await server.close();
}
