import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Agent, type AgentConfig, agentTables, startAgent } from '../agent/agent.ts';
import { engineOutputs } from '../agent/logs/engine-outputs.ts';
import { createAwsClient, type Credentials } from '../aws/client.ts';
import { Store } from '../store/store.ts';
import { realOutputs } from '../world/real/output-keeper/real-outputs.ts';
import { DockerError } from '../world/docker.ts';
import type { World } from '../world/world.ts';
import { openJournal } from './journal.ts';
import { version } from './version.ts';

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
  /** The root keys, or those of a user or a role that may be an agent. */
  readonly keys: Credentials | (() => Credentials);
  readonly cluster: string;
  readonly fargatePool: boolean;
  readonly attributes?: readonly (readonly [name: string, value: string])[];
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  readonly warmSandboxes?: number;
  readonly pullBehavior?: PullBehavior;
  readonly securityGroups?: 'enforced' | 'off';
}

export type PullBehavior = NonNullable<AgentConfig['pullBehavior']>;

const engineRetryMs = 2000;

/**
 * Starts an agent and waits for nothing: the engine may be slow to answer, or not there yet, and is asked until it is.
 * Any other failure is nobody's to handle and ends the process.
 */
export function startHostAgent(options: HostAgentOptions): HostAgent {
  const closing = new AbortController();
  const running = run(options, closing.signal);
  running.catch((error: unknown) => {
    process.stderr.write(
      `longshore: the agent cannot go on: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(1);
  });
  return {
    close: async () => {
      closing.abort();
      await (await running)();
    },
  };
}

/** Resolves, once the agent runs or was told to end before, to what ends it. */
async function run(options: HostAgentOptions, closing: AbortSignal): Promise<() => Promise<void>> {
  const { world, endpoint, region, keys } = options;
  const journal = await openJournal(world.log, options.dataDirectory, false);
  const store = await Store.open({ ...world, journal, tables: agentTables, projections: [] });
  const backend = createAwsClient({ ...world, endpoint, region, credentials: keys });
  const outputDirectory = resolve(options.dataDirectory, 'output');
  const start = (): Promise<Agent> =>
    startAgent({
      world,
      store,
      backend,
      objects: backend,
      taskEndpoint: { directory: join(runtimeDirectory(), 'agents'), endpoint },
      volumesDirectory: resolve(options.dataDirectory, 'volumes'),
      outputs: realOutputs({
        directory: outputDirectory,
        // A path of its own: that of a socket has at most 107 bytes.
        socketPath: join(runtimeDirectory(), 'output', `${world.hash.sha256Hex(outputDirectory).slice(0, 16)}.sock`),
        command: [process.execPath, process.argv[1] ?? '', 'keep-output'],
        engine: engineOutputs(world.docker),
        log: world.log,
      }),
      firelensDirectory: join(runtimeDirectory(), 'firelens'),
      config: {
        cluster: options.cluster,
        fargatePool: options.fargatePool,
        attributes: (options.attributes ?? []).map(([name, value]) => ({ name, value })),
        ...(options.cpuUnits === undefined ? {} : { cpuUnits: options.cpuUnits }),
        ...(options.memoryMiB === undefined ? {} : { memoryMiB: options.memoryMiB }),
        ...(options.warmSandboxes === undefined ? {} : { warmSandboxes: options.warmSandboxes }),
        ...(options.securityGroups === undefined ? {} : { securityGroups: options.securityGroups }),
        ...(options.pullBehavior === undefined ? {} : { pullBehavior: options.pullBehavior }),
        reservedMemoryMiB: 0,
        tags: [],
        version,
      },
    });
  let agent: Agent | undefined;
  for (let tries = 0; !agent && !closing.aborted; tries += 1) {
    try {
      agent = await start();
    } catch (error) {
      if (!(error instanceof DockerError)) throw error;
      if (tries === 0)
        world.log.warn('the container engine does not answer; asking again until it does', { error: error.message });
      await world.clock.sleep(engineRetryMs, closing);
    }
  }
  return async () => {
    await agent?.stop();
    await store.close();
  };
}

/** Where the agents of this machine that run as this user find each other. */
function runtimeDirectory(): string {
  const base = process.getuid?.() === 0 ? '/run' : (process.env['XDG_RUNTIME_DIR'] ?? tmpdir());
  return join(base, 'longshore');
}
