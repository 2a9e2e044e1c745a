import type { Instant } from '../core/instant.ts';
import type { Cgroups } from '../world/cgroups.ts';
import { type ContainerBody, type Docker, DockerError } from '../world/docker.ts';
import type { Clock, Disk, Log } from '../world/world.ts';
import { assert } from '../core/assert.ts';
import type { PayloadContainer, PayloadVolume, RoleCredentials } from './contract.ts';
import {
  agentLabel,
  cgroupParentOf,
  containerBody,
  type DockerContext,
  pauseBody,
  taskArnLabel,
  taskLimits,
} from './docker-config.ts';
import type { BlockVolumes } from './volumes/block-volumes.ts';
import { engineWords, StepError, stepError, within } from './engine-error.ts';
import { type EnvironmentFiles, environmentFilesResource } from './environment/environment-files.ts';
import { firelensConfig } from './logs/firelens-config.ts';
import { firelensOf, firelensPaths, firelensResource, ownConfigOf } from './logs/firelens.ts';
import { type HostRanges, isPortTaken, nextHostRanges } from './host-ports.ts';
import type { Images } from './images/images.ts';
import type { RegistryAccesses } from './images/registry-access.ts';
import { destinationIn, isShipped, shippedOutput } from './logs/shipped-output.ts';
import type { LogShipper } from './logs/log-shipper.ts';
import { hostBindings, observe } from './observe.ts';
import { type PauseImage, pauseImage } from './images/pause-image.ts';
import type { Step } from './plan.ts';
import type { SecurityGroups } from './firewall/security-groups.ts';
import { type Sandbox, sandboxOf } from './sandboxes/sandbox.ts';
import type { SharedVolumes } from './volumes/shared-volumes.ts';
import type { TaskStorage } from './volumes/task-storage.ts';
import { asNew } from './sandboxes/interface-sandbox.ts';
import type { SubnetNetworks } from './subnet-networks.ts';
import { type Secrets, secretsResource } from './environment/secrets.ts';
import type { TaskCredentials } from './environment/task-credentials.ts';
import type { TaskObjects } from './environment/task-objects.ts';
import {
  type ContainerRecord,
  type HeldSandbox,
  pauseName,
  type PortBinding,
  taskIdOf,
  type TaskRecord,
} from './state.ts';

/** What a step changed, as an edit of the record of the moment it is applied to. */
export type Outcome = (task: TaskRecord) => TaskRecord;

/**
 * Does the steps of a plan. A failure is an outcome like any other: it is written down in the stock agent's words and
 * the next plan decides. Several outcomes are applied one after the other, with a plan between them.
 */
export interface Executor {
  execute(step: Step, task: TaskRecord): Promise<readonly Outcome[]>;
  /** Asks the engine about one container. Rejects when the engine cannot be asked. */
  inspect(task: TaskRecord, container: ContainerRecord): Promise<Outcome>;
  /** Once its containers have stopped: ends what was mounted for them alone. */
  release(task: TaskRecord): Promise<void>;
  /** Removes what a stopped task left on the engine, one container or resource after the other. */
  clean(task: TaskRecord): Promise<void>;
}

export interface ExecutorParts {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Pick<Disk, 'makeDirectory' | 'read' | 'realPath' | 'remove' | 'writeAtomic'>;
  readonly cgroups: Cgroups | undefined;
  readonly blockVolumes: BlockVolumes;
  readonly sharedVolumes: SharedVolumes;
  readonly storage: TaskStorage;
  readonly images: Images;
  readonly access: RegistryAccesses;
  readonly logs: Pick<LogShipper, 'prepare' | 'keep' | 'forget'>;
  readonly context: Omit<DockerContext, 'environment' | 'imageEnvironment'>;
  readonly pause: PauseImage;
  readonly networks: SubnetNetworks;
  readonly secrets: Secrets;
  readonly credentials: Pick<TaskCredentials, 'whenPresent'>;
  readonly environmentFiles: EnvironmentFiles;
  readonly objects: TaskObjects;
  readonly securityGroups: Pick<SecurityGroups, 'guard'>;
  readonly environment: (task: TaskRecord, container: PayloadContainer) => Readonly<Record<string, string>>;
}

export function createExecutor(parts: ExecutorParts): Executor {
  const { docker, clock, cgroups, images, pause, secrets, environmentFiles, networks } = parts;

  async function pull(task: TaskRecord, name: string): Promise<readonly Outcome[]> {
    const startedAt = clock.now();
    try {
      const image = await images.ensure(wantedOf(task, name).image, parts.access(task, wantedOf(task, name)));
      const stoppedAt = clock.now();
      return [
        (now) => ({
          ...edit(now, name, {
            hasImage: true,
            ...(image.digest === undefined ? {} : { imageDigest: image.digest }),
          }),
          ...(image.pulled ? pullTimes(now, startedAt, stoppedAt) : {}),
        }),
      ];
    } catch (error) {
      const reason = stepError('CannotPullContainerError', error).message;
      const stoppedAt = clock.now();
      return [(now) => ({ ...edit(now, name, { error: reason }), ...pullTimes(now, startedAt, stoppedAt) })];
    }
  }

  async function bodyOf(task: TaskRecord, wanted: PayloadContainer): Promise<ContainerBody> {
    const filled = await environmentFiles.filled(task, await secrets.filled(task, wanted));
    return containerBody(task, withImage(filled, images), {
      ...parts.context,
      environment: parts.environment(task, filled),
      imageEnvironment: images.environmentOf(wanted.image),
    });
  }

  async function create(task: TaskRecord, name: string): Promise<readonly Outcome[]> {
    const container = recordOf(task, name);
    const { dockerName } = container;
    try {
      if (name === pauseName) await pause.prepared();
      const body =
        name === pauseName
          ? pauseBody(task, pauseImage, { ...parts.context, environment: {}, imageEnvironment: [] })
          : await bodyOf(task, wantedOf(task, name));
      const id = await within(clock, createTimeoutMs, 'created', docker.createContainer(dockerName, body));
      const address = container.sandbox?.address;
      return [(now) => edit(now, name, { id, phase: 'created', ...(address === undefined ? {} : { address }) })];
    } catch (error) {
      const own = isConflict(error) ? await findOwn(task, name, dockerName) : undefined;
      if (own) return [own];
      if (name === pauseName) {
        pause.forget();
        return [networkFailure(error)];
      }
      const { image } = wantedOf(task, name);
      if (isMissingImage(error) && images.forget(image)) return [(now) => edit(now, name, { hasImage: false })];
      if (isMissing(error, container.sandbox?.id)) return [(now) => withoutSandbox(now, name)];
      const reason = stepError('CannotCreateContainerError', error).message;
      return [(now) => edit(now, name, { error: reason })];
    }
  }

  /**
   * A call of an agent that was killed may reach the engine after the next one has looked around: what holds the name is
   * then the very container that is wanted.
   */
  async function findOwn(task: TaskRecord, name: string, dockerName: string): Promise<Outcome | undefined> {
    const seen = await docker.inspectContainer(dockerName).catch(() => undefined);
    const labels = seen?.Config.Labels;
    if (!seen || labels?.[agentLabel] !== parts.context.agentId || labels[taskArnLabel] !== task.arn) return undefined;
    return (now) => edit(now, name, observe(recordOf(now, name), seen, maybeWanted(now, name), clock.now()));
  }

  async function start(task: TaskRecord, name: string): Promise<readonly Outcome[]> {
    const container = recordOf(task, name);
    const id = idOf(container);
    const again = container.phase === 'exited' ? 1 : 0;
    let sandbox: Sandbox | undefined;
    try {
      const output = task.outputs?.[name];
      if (output) {
        const isMade = output.destination.stream !== undefined;
        if (!isMade) await parts.logs.prepare(destinationIn(output.destination, id), await executionRoleOf(task));
        await parts.logs.keep(id, output.maxBufferBytes);
      }
      if (name !== pauseName && container.startedAt === undefined) await parts.storage.hold(task, id);
      const joined = container.sandbox ?? task.containers[pauseName]?.sandbox;
      const started = await within(clock, startTimeoutMs, 'started', startIn(joined, id));
      sandbox = container.sandbox && started;
    } catch (error) {
      if (isMissing(error, container.sandbox?.id) && container.startedAt === undefined) {
        const isRemoved = await docker.removeContainer(id, { force: true, volumes: true }).then(
          () => true,
          () => false,
        );
        if (isRemoved) return [(now) => withoutSandbox(now, name)];
      }
      if (name === pauseName) return [networkFailure(error, name)];
      const hostRanges = container.hostRanges && nextHostRanges(wantedOf(task, name), container.hostRanges);
      if (hostRanges && isPortTaken(error)) {
        await docker.removeContainer(id, { force: true, volumes: true });
        return [(now) => withHostRanges(now, name, hostRanges)];
      }
      const reason = stepError('CannotStartContainerError', error).message;
      return [(now) => edit(now, name, { error: reason, startFailed: true })];
    }
    const startedAt = clock.now();
    const restarts = container.restarts + again;
    const begun: Outcome = (now) => {
      // What its last run left (exit code, reason) is not this one's.
      const { exitCode: _code, finishedAt: _finished, error: _error, ...kept } = recordOf(now, name);
      const record: ContainerRecord = {
        ...kept,
        ...(sandbox && { sandbox }),
        ...(sandbox?.address !== undefined && { address: sandbox.address }),
        phase: 'running',
        startedAt,
        restarts,
      };
      return { ...now, containers: { ...now.containers, [name]: record } };
    };
    const bindings = bindingsKnown(task, name);
    if (bindings) return [(now) => edit(begun(now), name, { bindings })]; // its end, were it over, is told by an event
    const seen = await docker.inspectContainer(id).catch(() => 'unknown' as const); // the safety look asks again
    if (seen === 'unknown') return [begun];
    const observed: Outcome = (now) => {
      const next = observe(recordOf(now, name), seen, maybeWanted(now, name), clock.now());
      return edit(now, name, next);
    };
    // One that ended within the call did run: the plan sees both, and the control plane is told both.
    return [begun, observed];
  }

  /** A restarted engine has ended the sandbox as well: it is started again, with a network that is new. */
  async function startIn(held: HeldSandbox | undefined, id: string): Promise<Sandbox | undefined> {
    try {
      await docker.startContainer(id);
      return held && sandboxOf(held.id, held.address);
    } catch (error) {
      if (!held || !(error instanceof DockerError) || !error.message.includes('non running container')) throw error;
    }
    await docker.startContainer(held.id);
    await docker.startContainer(id);
    const seen = await docker.inspectContainer(held.id);
    return sandboxOf(held.id, seen?.NetworkSettings.Networks['bridge']?.IPAddress ?? held.address);
  }

  async function stop(task: TaskRecord, name: string, timeoutSeconds: number): Promise<readonly Outcome[]> {
    const container = recordOf(task, name);
    try {
      const limitMs = (timeoutSeconds + stopMarginSeconds) * 1000;
      await within(clock, limitMs, 'stopped', docker.stopContainer(idOf(container), timeoutSeconds));
      return [await inspect(task, container)];
    } catch (error) {
      // Said by nobody: the task is stopped only when its containers are, so this is tried until it works.
      const retryStopAt = clock.now() + retryStopAfterMs;
      parts.log.warn('container not stopped, trying again', {
        container: name,
        task: task.arn,
        reason: engineWords(error),
      });
      const seen = await inspect(task, container).catch(() => undefined);
      return [(now) => edit(seen ? seen(now) : now, name, { retryStopAt })];
    }
  }

  async function remove(task: TaskRecord, name: string): Promise<readonly Outcome[]> {
    const container = recordOf(task, name);
    try {
      await docker.removeContainer(idOf(container), { force: true, volumes: true });
      return [(now) => edit(now, name, { phase: 'gone' })];
    } catch {
      const there = await docker.inspectContainer(idOf(container)).catch(() => 'unknown' as const);
      if (there === undefined) return [(now) => edit(now, name, { phase: 'gone' })];
      const retryStopAt = clock.now() + retryStopAfterMs;
      return [(now) => edit(now, name, { retryStopAt })];
    }
  }

  async function executionRoleOf({ credentialsIds }: TaskRecord): Promise<RoleCredentials | undefined> {
    const id = credentialsIds?.execution;
    return id === undefined ? undefined : parts.credentials.whenPresent(id);
  }

  async function prepare(task: TaskRecord, target: string): Promise<readonly Outcome[]> {
    const done: Outcome = (now) => ({ ...now, resources: { ...now.resources, [target]: true } });
    try {
      if (target === '@cgroup') {
        if (parts.context.limits === 'task-cgroup' && cgroups) {
          const parent = cgroupParentOf(task.arn, parts.context.cgroupDriver);
          await cgroups.createTaskCgroup(parent, taskLimits(task.payload));
        }
      } else if (target === '@storage') {
        await parts.storage.prepared(task);
      } else if (target === secretsResource) {
        await secrets.fetch(task);
      } else if (target === environmentFilesResource) {
        await environmentFiles.fetch(task);
      } else if (target === '@network') {
        await Promise.all([networkPrepared(task), pause.prepared(), parts.securityGroups.guard(task)]);
      } else if (target.startsWith('@log ')) {
        const name = target.slice('@log '.length);
        const output = shippedOutput(task.payload, await secrets.filled(task, wantedOf(task, name)));
        const { stream } = output.destination;
        if (stream !== undefined) {
          await parts.logs.prepare({ ...output.destination, stream }, await executionRoleOf(task));
        }
        return [(now) => ({ ...done(now), outputs: { ...now.outputs, [name]: output } })];
      } else if (target === firelensResource) {
        await firelensPrepared(task);
      } else {
        const name = target.slice('@volume '.length);
        const { ebs, efs } = task.payload.volumes.find((volume) => volume.name === name) ?? {};
        if (efs) {
          const directory = await parts.sharedVolumes.attach(name, efs);
          return [(now) => ({ ...done(now), volumes: { ...now.volumes, [name]: directory } })];
        }
        if (ebs) {
          const directory = await parts.blockVolumes.attach(name, ebs);
          return [(now) => ({ ...done(now), volumes: { ...now.volumes, [name]: directory } })];
        }
        await volumePrepared(task, name);
      }
      return [done];
    } catch (error) {
      const reason = stepError('ResourceInitializationError', error).message;
      return [(now) => ({ ...now, failure: now.failure ?? reason })];
    }
  }

  /** The router's configuration, and a directory that it may make its socket in whoever it runs as. */
  async function firelensPrepared(task: TaskRecord): Promise<void> {
    const { payload, arn } = task;
    const firelens = firelensOf(payload);
    const { firelensDirectory } = parts.context;
    assert(firelens, `${arn} has a log router`);
    if (firelensDirectory === undefined) {
      throw new StepError('ResourceInitializationError: this agent has no directory for the files of a log router');
    }
    const paths = firelensPaths(firelensDirectory, taskIdOf(arn));
    const { AWS_ENDPOINT_URL: endpointUrl } = {
      ...parts.environment(task, firelens.router),
      ...firelens.router.environment,
    };
    const text = firelensConfig(payload, firelens, endpointUrl);
    await parts.disk.makeDirectory(paths.configDirectory, 0o755);
    await parts.disk.makeDirectory(paths.socketDirectory, 0o777);
    await parts.disk.writeAtomic(paths.config, new TextEncoder().encode(text), 0o644);
    const source = ownConfigOf(firelens);
    if (source?.type !== 's3') return;
    const own = await parts.objects(task, source.value).catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      throw new StepError(
        `ResourceInitializationError: failed to download the log router's file ${source.value}: ${said}`,
      );
    });
    await parts.disk.writeAtomic(paths.ownConfig, own, 0o644);
  }

  async function networkPrepared(task: TaskRecord): Promise<void> {
    const subnet = task.payload.longshore?.subnet;
    if (!subnet) throw new StepError('ResourceInitializationError: the payload names no subnet for the task');
    await networks.prepared(subnet);
  }

  async function volumePrepared(task: TaskRecord, name: string): Promise<void> {
    const volume = task.payload.volumes.find((candidate) => candidate.name === name);
    const dockerVolume = task.volumes[name];
    assert(volume && dockerVolume !== undefined, `volume ${name} of ${task.arn} has a name on the engine`);
    const settings = volume.dockerVolumeConfiguration;
    if (volume.type === 'docker' && settings?.scope === 'shared') {
      if (await docker.inspectVolume(dockerVolume)) return;
      if (!settings.autoprovision) {
        throw new StepError(`CannotInspectVolumeError: get ${dockerVolume}: no such volume`);
      }
    }
    const labels = { ...settings?.labels, ...taskLabelOf(task, volume) };
    const directory = volume.type === 'docker' ? undefined : await parts.storage.volumeDirectory(task, name);
    const inStorage = directory === undefined ? undefined : { type: 'none', o: 'bind', device: directory };
    try {
      await docker.createVolume({
        Name: dockerVolume,
        Driver: settings?.driver || 'local',
        DriverOpts: inStorage ?? settings?.driverOpts ?? {},
        Labels: labels,
      });
    } catch (error) {
      throw stepError('CannotCreateVolumeError', error);
    }
  }

  function networkFailure(error: unknown, startedName?: string): Outcome {
    networks.forget(); // perhaps the network itself went: the next task looks again
    const reason = stepError('ResourceInitializationError', error).message;
    return (now) => ({
      ...edit(now, pauseName, { error: reason, ...(startedName === undefined ? {} : { startFailed: true }) }),
      failure: now.failure ?? reason,
    });
  }

  async function inspect(task: TaskRecord, container: ContainerRecord): Promise<Outcome> {
    const id = idOf(container);
    const seen = await docker.inspectContainer(id);
    return (now) => {
      const current = recordOf(now, container.name);
      if (current.id !== id) return now;
      const next = observe(current, seen, maybeWanted(task, container.name), clock.now());
      return edit(now, container.name, asNew(now, next));
    };
  }

  async function clean(task: TaskRecord): Promise<void> {
    secrets.forget(task.arn);
    environmentFiles.forget(task.arn);
    for (const container of Object.values(task.containers)) {
      const { id, name, phase } = container;
      if (id === undefined) continue;
      if (phase !== 'gone') {
        await docker.removeContainer(id, { force: true, volumes: true }).catch(async (error: unknown) => {
          if (await docker.inspectContainer(id)) throw error;
        });
      }
      if (isShipped(task.payload, name)) await parts.logs.forget(id);
    }
    // What no record names is free, so a sandbox that was used goes before its record.
    for (const { id, sandbox } of Object.values(task.containers)) {
      if (sandbox && sandbox.id !== id) await removeSandbox(sandbox.id);
    }
    for (const volume of task.payload.volumes) {
      const name = task.volumes[volume.name];
      if (volume.ebs) await parts.blockVolumes.release(volume.ebs);
      if (name === undefined || volume.ebs || volume.efs || volume.dockerVolumeConfiguration?.scope === 'shared')
        continue;
      if (await docker.inspectVolume(name)) await docker.removeVolume(name);
    }
    await released(task);
    const { firelensDirectory } = parts.context;
    if (firelensDirectory !== undefined && firelensResource in task.resources) {
      await parts.disk.remove(firelensPaths(firelensDirectory, taskIdOf(task.arn)).base);
    }
    if (parts.context.limits === 'task-cgroup' && cgroups && task.resources['@cgroup']) {
      await cgroups.removeTaskCgroup(cgroupParentOf(task.arn, parts.context.cgroupDriver));
    }
  }

  async function released(task: TaskRecord): Promise<void> {
    await parts.sharedVolumes.release(task);
    await parts.storage.release(task);
  }

  async function removeSandbox(id: string): Promise<void> {
    await docker.removeContainer(id, { force: true, volumes: true }).catch(async (error: unknown) => {
      if (await docker.inspectContainer(id)) throw error;
    });
  }

  return {
    inspect,
    clean,
    release: released,
    execute(step, task) {
      switch (step.kind) {
        case 'pull':
          return pull(task, step.target);
        case 'prepare':
          return prepare(task, step.target);
        case 'create':
          return create(task, step.target);
        case 'start':
          return start(task, step.target);
        case 'stop':
          return stop(task, step.target, step.timeoutSeconds);
        case 'remove':
          return remove(task, step.target);
      }
    },
  };
}

/** The stock agent's limits on one call. */
const createTimeoutMs = 4 * 60_000;
const startTimeoutMs = 3 * 60_000;
const stopMarginSeconds = 30;
const retryStopAfterMs = 5_000;

function edit(task: TaskRecord, name: string, change: Partial<ContainerRecord>): TaskRecord {
  return { ...task, containers: { ...task.containers, [name]: { ...recordOf(task, name), ...change } } };
}

function recordOf(task: TaskRecord, name: string): ContainerRecord {
  const record = task.containers[name];
  assert(record, `container ${name} is recorded with ${task.arn}`);
  return record;
}

function idOf(container: ContainerRecord): string {
  assert(container.id !== undefined, `container ${container.name} is on the engine`);
  return container.id;
}

function maybeWanted(task: TaskRecord, name: string): PayloadContainer | undefined {
  return task.payload.containers.find((container) => container.name === name);
}

function wantedOf(task: TaskRecord, name: string): PayloadContainer {
  const wanted = maybeWanted(task, name);
  assert(wanted, `container ${name} is part of ${task.arn}`);
  return wanted;
}

function pullTimes(task: TaskRecord, startedAt: Instant, stoppedAt: Instant): Partial<TaskRecord> {
  return {
    pullStartedAt: Math.min(task.pullStartedAt ?? startedAt, startedAt),
    pullStoppedAt: Math.max(task.pullStoppedAt ?? stoppedAt, stoppedAt),
  };
}

/** The container is made anew, with other ports of the host. */
function withHostRanges(task: TaskRecord, name: string, hostRanges: HostRanges): TaskRecord {
  const { id: _id, ...container } = recordOf(task, name);
  return { ...task, containers: { ...task.containers, [name]: { ...container, phase: 'none', hostRanges } } };
}

/** Where nothing but its bindings is to be learned from a container that has started, and those need no asking. */
function bindingsKnown(task: TaskRecord, name: string): readonly PortBinding[] | undefined {
  const wanted = maybeWanted(task, name);
  if (!wanted || wanted.healthCheckType === 'docker') return undefined;
  if (task.payload.networkMode === 'host') return hostBindings(wanted);
  const joins = task.payload.networkMode === 'awsvpc' || recordOf(task, name).sandbox !== undefined;
  return joins || task.payload.networkMode === 'none' ? [] : undefined;
}

/** Under the name by which the engine knows its image. */
function withImage(wanted: PayloadContainer, images: Images): PayloadContainer {
  const image = images.nameOf(wanted.image);
  return image === wanted.image ? wanted : { ...wanted, image };
}

function isConflict(error: unknown): boolean {
  return error instanceof DockerError && error.status === 409;
}

function isMissingImage(error: unknown): boolean {
  return error instanceof DockerError && error.status === 404 && error.message.includes('No such image');
}

/** The engine's word for a container that it does not have. */
function isMissing(error: unknown, id: string | undefined): boolean {
  if (id === undefined || !(error instanceof DockerError)) return false;
  return error.message.includes(`No such container: ${id}`);
}

/** The container as it was before it was made: it gets a network of its own. */
function withoutSandbox(task: TaskRecord, name: string): TaskRecord {
  const { sandbox: _sandbox, id: _id, address: _address, ...kept } = recordOf(task, name);
  return { ...task, containers: { ...task.containers, [name]: { ...kept, phase: 'none' } } };
}

function taskLabelOf(task: TaskRecord, volume: PayloadVolume): Readonly<Record<string, string>> {
  return volume.dockerVolumeConfiguration?.scope === 'shared' ? {} : { 'com.amazonaws.ecs.task-arn': task.arn };
}
