import { join } from 'node:path';
import { defaultDataDirectory, UsageError } from '../app/config.ts';
import { startHostAgent } from '../app/host-agent.ts';
import { followSharedKeys } from '../app/shared-keys.ts';
import { realWorld } from '../world/real/real-world.ts';
import { connectionOfVariables, regionOfVariables } from './connection.ts';
import type { AgentOptions } from './program.ts';
import { stopAsked } from './stop-asked.ts';
import { takePriority } from './take-priority.ts';

/** Runs an agent of a cluster on this machine until SIGINT or SIGTERM, which leave its tasks running. */
export async function agent(options: AgentOptions): Promise<void> {
  const world = realWorld();
  const connection = connectionOfVariables();
  const shared = connection ? undefined : await followSharedKeys(world, process.env);
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const keys = connection ?? shared?.keys;
  if (!endpoint || !keys) {
    throw new UsageError(
      'set AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, such as with: eval "$(longshore env)", or AWS_ENDPOINT_URL beside keys in the shared credentials file',
    );
  }
  const stopping = stopAsked();
  const running = startHostAgent({
    world,
    dataDirectory:
      options.dataDir ?? join(defaultDataDirectory(), 'agents', options.cluster.replaceAll(/[^\w-]/g, '-')),
    endpoint,
    region: connection?.region ?? regionOfVariables(),
    keys,
    cluster: options.cluster,
    fargatePool: false,
    attributes: options.attribute,
    ...(options.cpu === undefined ? {} : { cpuUnits: options.cpu }),
    ...(options.memory === undefined ? {} : { memoryMiB: options.memory }),
    securityGroups: options.securityGroups,
    ...(options.warmSandboxes === undefined ? {} : { warmSandboxes: options.warmSandboxes }),
    ...(options.imagePullBehavior === undefined ? {} : { pullBehavior: options.imagePullBehavior }),
  });
  process.stdout.write(`The agent serves cluster ${options.cluster} of ${endpoint}\n`);
  takePriority(options.priority, world.log);
  await stopping;
  shared?.stop();
  await running.close();
}
