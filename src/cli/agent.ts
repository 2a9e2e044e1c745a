import { join } from 'node:path';
import { defaultDataDirectory, UsageError } from '../app/config.ts';
import { startHostAgent } from '../app/host-agent.ts';
import { realWorld } from '../world/real/real-world.ts';
import { connectionOfVariables } from './connection.ts';
import type { AgentOptions } from './program.ts';
import { stopAsked } from './stop-asked.ts';

/** Runs an agent of a cluster on this machine until SIGINT or SIGTERM, which leave its tasks running. */
export async function agent(options: AgentOptions): Promise<void> {
  const connection = connectionOfVariables();
  if (!connection) {
    throw new UsageError(
      'set AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, such as with: eval "$(longshore env)"',
    );
  }
  const stopping = stopAsked();
  const running = startHostAgent({
    world: realWorld(),
    dataDirectory:
      options.dataDir ?? join(defaultDataDirectory(), 'agents', options.cluster.replaceAll(/[^\w-]/g, '-')),
    endpoint: connection.endpoint,
    region: connection.region,
    keys: connection,
    cluster: options.cluster,
    fargatePool: false,
    attributes: options.attribute,
    ...(options.cpu === undefined ? {} : { cpuUnits: options.cpu }),
    ...(options.memory === undefined ? {} : { memoryMiB: options.memory }),
    securityGroups: options.securityGroups,
    ...(options.warmSandboxes === undefined ? {} : { warmSandboxes: options.warmSandboxes }),
    ...(options.imagePullBehavior === undefined ? {} : { pullBehavior: options.imagePullBehavior }),
  });
  process.stdout.write(`The agent serves cluster ${options.cluster} of ${connection.endpoint}\n`);
  await stopping;
  await running.close();
}
