import { type Agent, startAgent } from '../agent/agent.ts';
import { agentTables } from '../agent/state.ts';
import { createAwsClient } from '../aws/client.ts';
import { Store } from '../store/store.ts';
import { openSqliteJournal } from '../world/real/sqlite-journal.ts';
import type { World } from '../world/world.ts';
import type { RootKeys } from './root-keys.ts';

/** An agent on this machine: its state in a directory of its own, its backend over HTTP, as any other agent. */
export interface HostAgent {
  /** Leaves its tasks running. */
  close(): Promise<void>;
}

export interface HostAgentOptions {
  readonly world: World;
  readonly dataDirectory: string;
  readonly endpoint: string;
  readonly region: string;
  readonly keys: RootKeys;
  readonly cluster: string;
  readonly fargatePool: boolean;
  readonly attributes?: readonly (readonly [name: string, value: string])[];
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
}

export async function startHostAgent(options: HostAgentOptions): Promise<HostAgent> {
  const { world, endpoint, region, keys } = options;
  const journal = await openSqliteJournal({
    directory: options.dataDirectory,
    acceptLoss: false,
    log: world.log,
    onFatal: (error) => {
      throw error;
    },
  });
  const store = await Store.open({
    journal,
    clock: world.clock,
    random: world.random,
    tables: agentTables,
    projections: [],
  });
  const backend = createAwsClient({ ...world, endpoint, region, credentials: keys });
  const agent: Agent = await startAgent({
    world,
    store,
    backend,
    config: {
      cluster: options.cluster,
      fargatePool: options.fargatePool,
      attributes: (options.attributes ?? []).map(([name, value]) => ({ name, value })),
      ...(options.cpuUnits === undefined ? {} : { cpuUnits: options.cpuUnits }),
      ...(options.memoryMiB === undefined ? {} : { memoryMiB: options.memoryMiB }),
    },
  });
  return {
    close: async () => {
      await agent.stop();
      await store.close();
    },
  };
}
