import type { Store } from '../store/store.ts';
import type { Outputs } from '../world/outputs.ts';
import type { World } from '../world/world.ts';
import { runAcsSession } from './sessions/acs-session.ts';
import { createBlockVolumes } from './volumes/block-volumes.ts';
import { createSharedVolumes } from './volumes/shared-volumes.ts';
import { createTaskStorage, type TaskStorage } from './volumes/task-storage.ts';
import { type Attribute, capabilityAttributes, instanceResources } from './capabilities.ts';
import {
  type Backend,
  longshoreAgentHash,
  type ObjectReader,
  readyInterfacesParameter,
  type RoleCredentials,
} from './contract.ts';
import { cgroupParentOf, type DockerContext } from './docker-config.ts';
import { createExecutor } from './execute.ts';
import { findGpus } from './gpus.ts';
import { createImages, type PullBehavior } from './images/images.ts';
import { engineOutputs } from './logs/engine-outputs.ts';
import { createLogShipper, logCursorTable } from './logs/log-shipper.ts';
import { createPauseImage } from './images/pause-image.ts';
import { createPollEndpoints, socketUrl } from './sessions/poll-endpoints.ts';
import { createRegistryAccess } from './images/registry-access.ts';
import { register } from './sessions/register.ts';
import { type SandboxRange, sandboxRange } from './sandboxes/burst-size.ts';
import type { SandboxCounts } from './sandboxes/sandbox-pool.ts';
import { createEnvironmentFiles } from './environment/environment-files.ts';
import { createSecurityGroups } from './firewall/security-groups.ts';
import { createVpcPaths } from './firewall/vpc-paths.ts';
import { createSecrets } from './environment/secrets.ts';
import type { SessionLoop } from './sessions/session-loop.ts';
import { startStateReporter } from './state-reporter.ts';
import { type AgentIdentity, agentTasks, identities, type TaskRecord } from './state.ts';
import { TaskCredentials } from './environment/task-credentials.ts';
import { createTaskObjects } from './environment/task-objects.ts';
import { endpointEnvironment } from './task-endpoint/environment.ts';
import { startTaskEndpoint, type TaskEndpoint } from './task-endpoint/task-endpoint.ts';
import { createSubnetNetworks } from './subnet-networks.ts';
import { TaskEngine } from './task-engine.ts';
import { runTcsSession } from './sessions/tcs-session.ts';

/** The tables its Store is opened with. */
export const agentTables = [identities, agentTasks, logCursorTable] as const;

export interface AgentConfig {
  /** Name or ARN of the cluster it registers into. */
  readonly cluster: string;
  /** Whether it serves the Fargate tasks of every cluster. */
  readonly fargatePool: boolean;
  /** The operator's own attributes, given when it first registers. */
  readonly attributes: readonly Attribute[];
  /** What is registered; by default what the engine's machine has. */
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  readonly reservedMemoryMiB: number;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly version: string;
  readonly availabilityZone?: string;
  /** How many times the machine's CPU the Fargate pool registers: its tasks are limited by quota. */
  readonly cpuOvercommit?: number;
  readonly pullBehavior?: PullBehavior;
  readonly pullTimeoutMs?: number;
  /** Seconds between SIGTERM and SIGKILL where the definition gives none. */
  readonly stopTimeoutSeconds?: number;
  /** How long the containers of a stopped task stay on the engine. */
  readonly cleanupWaitMs?: number;
  /** Of so many stopped tasks at most, the latest. */
  readonly keepStoppedTasks?: number;
  /** As ECS_DISABLE_METRICS of the stock agent: what containers use is not measured. */
  readonly disableMetrics?: boolean;
  /**
   * How many sandboxes are kept ready for tasks to come, none where it is 0. By default two for each core of the engine and,
   * where a burst asked for more, as many as that, up to eight for each core.
   */
  readonly warmSandboxes?: number | SandboxRange;
  /** Enforced where this is absent. */
  readonly securityGroups?: 'enforced' | 'off';
  /** How often the engine is asked about every container, besides its events; 30 s by default. */
  readonly lookEveryMs?: number;
  /** How often metrics and health are published, besides changes of health; 20 s by default, as the stock agent. */
  readonly publishEveryMs?: number;
}

export interface AgentParts {
  readonly world: World;
  /** The agent's own, opened with `agentTables`. */
  readonly store: Store;
  readonly backend: Backend;
  /** Keeps what containers write until it is shipped; without it the engine's log files do. */
  readonly outputs?: Outputs;
  /** Without it a task with environment files does not start. */
  readonly objects?: ObjectReader;
  readonly config: AgentConfig;
  /** Where containers find their credentials, their metadata and this AWS. Without it they are told of none. */
  /** Where the files of log routers are made: a path that is short, as sockets' names are. */
  readonly firelensDirectory?: string;
  /** Where block volumes of tasks are kept. */
  readonly volumesDirectory?: string;
  readonly taskEndpoint?: {
    /** One directory for all agents of the machine. */
    readonly directory: string;
    /** The control plane's URL as this agent reaches it. */
    readonly endpoint: string;
  };
}

export interface Agent {
  /** Resolves with the container instance's ARN when it is first connected; never when the agent is stopped before. */
  readonly connected: Promise<string>;
  isConnected(): boolean;
  /** Tasks of which something may still be on the engine. */
  tasks(): readonly TaskRecord[];
  /** What the control plane sent last under this id. Kept in memory only. */
  credentials(credentialsId: string): RoleCredentials | undefined;
  /** How many sandboxes are ready, and how often there was one for a container or not. */
  sandboxes(): SandboxCounts;
  /** Ends the agent and leaves every container of a task running. */
  stop(): Promise<void>;
}

/**
 * Starts the container agent. Resolves when it has taken over what is on the engine; registering and connecting go on
 * from there, for ever, while containers are looked after whether or not the control plane can be reached.
 */
export async function startAgent(parts: AgentParts): Promise<Agent> {
  const { world, store, backend, config } = parts;
  const { clock, random, log, docker } = world;
  const { agentId } = await identify(store);
  const [info, version] = await Promise.all([docker.info(), docker.version()]);
  const limits = await whereLimitsAre(world, info.CgroupDriver, agentId);
  const images = createImages({
    docker,
    clock,
    log,
    behavior: config.pullBehavior ?? 'default',
    pullTimeoutMs: config.pullTimeoutMs ?? 20 * 60_000,
    endpoint: parts.taskEndpoint?.endpoint,
  });
  const outputs = parts.outputs ?? engineOutputs(docker);
  const logs = createLogShipper({ docker, outputs, clock, log, store, backend });
  const pause = createPauseImage(docker, info.Architecture);
  const networks = createSubnetNetworks(docker, createVpcPaths({ firewall: world.firewall, log }));
  const warmSandboxes = sandboxRange(config.warmSandboxes ?? { least: 2 * info.NCPU, most: 8 * info.NCPU });
  const credentials = new TaskCredentials();
  const storage = await createTaskStorage(world, parts.volumesDirectory, info);
  if (config.fargatePool && !storage.isPossible) {
    log.warn(
      'the ephemeral storage of Fargate tasks has no bound here: it takes the superuser, loop devices and overlay2',
    );
  }
  const endpoint =
    parts.taskEndpoint && (await startOwnEndpoint(parts, parts.taskEndpoint, agentId, credentials, storage));
  const secrets = createSecrets({ backend, clock, credentials });
  const objects = createTaskObjects({ objects: parts.objects, clock, credentials });
  const blockVolumes = await createBlockVolumes(world, parts.volumesDirectory);
  const lookEveryMs = config.lookEveryMs ?? 30_000;
  const securityGroups = await createSecurityGroups({
    ...world,
    firewall: world.firewall,
    isWanted: config.securityGroups !== 'off',
    store,
    agentId,
    lookEveryMs,
  });
  const executor = createExecutor({
    securityGroups,
    secrets,
    credentials,
    environmentFiles: createEnvironmentFiles(objects),
    objects,
    docker,
    logs,
    clock,
    log,
    cgroups: world.cgroups,
    images,
    access: createRegistryAccess({ backend, credentials, secrets, endpoint: parts.taskEndpoint?.endpoint }),
    pause,
    networks,
    environment: (task, container) => (endpoint ? endpointEnvironment(task, container, endpoint.endpointUrl) : {}),
    disk: world.disk,
    blockVolumes,
    storage,
    sharedVolumes: createSharedVolumes({ ...world, store, directory: parts.volumesDirectory }),
    context: {
      ...(parts.firelensDirectory !== undefined && { firelensDirectory: parts.firelensDirectory }),
      agentId,
      cluster: config.cluster,
      region: backend.region,
      cgroupDriver: info.CgroupDriver,
      engineVersion: version.Version,
      limits,
      keepsOutput: outputs.isKept,
    },
  });
  const reporter = startStateReporter({
    store,
    backend,
    clock,
    random,
    log,
    cluster: config.cluster,
    containerDelayMs: 1000,
  });
  const engine = new TaskEngine({
    store,
    docker,
    clock,
    random,
    log,
    executor,
    logs,
    agentId,
    cores: info.NCPU,
    stopTimeoutSeconds: config.stopTimeoutSeconds ?? 30,
    cleanupWaitMs: config.cleanupWaitMs ?? 3 * 3600_000,
    keepStoppedTasks: config.keepStoppedTasks ?? 50,
    pause,
    networks,
    warmSandboxes,
    lookEveryMs,
    onEvident: (arn) => reporter.tellNow(arn),
  });
  await engine.start();

  const stop = new AbortController();
  const sessions: SessionLoop[] = [];
  let isConnected = false;
  let resolveConnected: (arn: string) => void = () => undefined;
  const connected = new Promise<string>((resolve) => {
    resolveConnected = resolve;
  });

  async function connect(): Promise<void> {
    const fargate = config.fargatePool ? (config.cpuOvercommit ?? 10) : 1;
    const gpus = await findGpus(world.disk, info);
    const registration = {
      cluster: config.cluster,
      attributes: [
        ...capabilityAttributes({
          info,
          fargatePool: config.fargatePool,
          taskLimits: true,
          firelens: parts.firelensDirectory !== undefined,
          blockVolumes: blockVolumes.isPossible,
          nvidiaDriverVersion: gpus.driverVersion,
        }),
        ...(config.availabilityZone === undefined
          ? []
          : [{ name: 'ecs.availability-zone', value: config.availabilityZone }]),
      ],
      ownAttributes: config.attributes,
      tags: config.tags,
      gpuIds: gpus.ids,
      resources: instanceResources({
        info,
        cpuUnits: config.cpuUnits,
        memoryMiB: config.memoryMiB,
        reservedMemoryMiB: config.reservedMemoryMiB,
        cpuOvercommit: fargate,
      }),
    };
    const arn = await register({ store, backend, clock, random, log }, registration, stop.signal);
    if (arn === undefined || stop.signal.aborted) return;
    log.info('registered', { containerInstance: arn, cluster: config.cluster });
    const endpoints = createPollEndpoints(backend, clock);
    const who = {
      agentHash: longshoreAgentHash,
      agentVersion: config.version,
      dockerVersion: `DockerVersion: ${version.Version}`,
    };
    const common = { store, backend, clock, random, log, cluster: config.cluster, containerInstanceArn: arn };
    sessions.push(
      runAcsSession({
        ...common,
        engine,
        url: async (sendCredentials) =>
          socketUrl((await endpoints(config.cluster, arn)).endpoint, {
            ...who,
            clusterArn: config.cluster,
            containerInstanceArn: arn,
            protocolVersion: '2',
            sendCredentials: String(sendCredentials),
            seqNum: '1',
            ...(warmSandboxes.least > 0 && { [readyInterfacesParameter]: String(warmSandboxes.least) }),
          }),
        onSecurityGroups: (message) => securityGroups.take(message),
        onCredentials: (taskArn, given) => credentials.set(taskArn, given, engine.tasks()),
        onConnected: (open) => {
          isConnected = open;
          if (!open) return;
          resolveConnected(arn);
          reporter.nudge();
        },
      }),
      runTcsSession({
        ...common,
        docker,
        disableMetrics: config.disableMetrics ?? false,
        publishEveryMs: config.publishEveryMs ?? 20_000,
        url: async () =>
          socketUrl((await endpoints(config.cluster, arn)).telemetryEndpoint, {
            ...who,
            cluster: config.cluster,
            containerInstance: arn,
          }),
      }),
    );
  }

  connect().catch((error: unknown) => log.error('the agent cannot connect', { reason: String(error) }));
  return {
    connected,
    isConnected: () => isConnected,
    tasks: () => engine.tasks(),
    sandboxes: () => engine.sandboxes,
    credentials: (credentialsId) => credentials.get(credentialsId),
    async stop() {
      stop.abort();
      for (const session of sessions) session.stop();
      reporter.stop();
      await engine.stop();
      securityGroups.stop();
      await endpoint?.stop();
      await logs.close();
      await store.durable().catch(() => undefined); // its own writer has been told
    },
  };
}

/** A new agent gives itself a name, so that several on one engine never touch each other's containers. */
async function identify(store: Store): Promise<{ readonly agentId: string }> {
  return store.update((tx, env) => {
    const known = tx.get(identities, 'agent');
    if (known) return known;
    const fresh = { id: 'agent' as const, agentId: env.newId(), highestSeqNum: 0 };
    tx.put(identities, fresh);
    return fresh;
  });
}

async function startOwnEndpoint(
  { world, store, backend }: AgentParts,
  where: NonNullable<AgentParts['taskEndpoint']>,
  agentId: string,
  credentials: TaskCredentials,
  storage: TaskStorage,
): Promise<TaskEndpoint> {
  const identity = (): AgentIdentity | undefined => store.view((reader) => reader.get(identities, 'agent'));
  const known = identity()?.endpointPort;
  const endpoint = await startTaskEndpoint({
    ...world,
    ...where,
    agentId,
    backend,
    ...(known !== undefined && { endpointPort: known }),
    tasks: () => store.view((reader) => [...reader.find(agentTasks, 'remains', 'left')]),
    credentials: (credentialsId) => credentials.get(credentialsId),
    containerInstanceArn: () => identity()?.containerInstanceArn,
    storageUsage: (task) => storage.usage(task),
  });
  // Containers that run keep what they were told, so the next start serves the same port.
  await store.update((tx) => {
    const now = tx.get(identities, 'agent');
    if (now) tx.put(identities, { ...now, endpointPort: endpoint.endpointPort });
  });
  return endpoint;
}

/** Tries out once whether this machine lets us limit a task as a whole. */
async function whereLimitsAre(world: World, cgroupDriver: string, agentId: string): Promise<DockerContext['limits']> {
  const probe = cgroupParentOf(`probe/${agentId}`, cgroupDriver);
  try {
    if (!world.cgroups) throw new Error('this process has no access to cgroups');
    await world.cgroups.createTaskCgroup(probe, {
      cpuQuotaUs: 10_000,
      cpuPeriodUs: 100_000,
      memoryBytes: 64 * 1024 * 1024,
    });
    await world.cgroups.removeTaskCgroup(probe);
    return 'task-cgroup';
  } catch (error) {
    world.log.warn('a task’s limits are set on each of its containers instead of on all together', {
      reason: error instanceof Error ? error.message : String(error),
    });
    return 'containers';
  }
}
