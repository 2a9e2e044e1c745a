import type { Instant } from '../core/instant.ts';
import type { PayloadTask } from './contract.ts';
import { dockerNameOf } from './docker-config.ts';
import { withRouterFirst } from './logs/firelens.ts';
import { chooseHostRanges } from './host-ports.ts';
import { type ContainerRecord, pauseName, type TaskRecord } from './state.ts';

/** The record a task begins with. `newName` gives a random hex word for each name on the engine. */
export function newTask(given: PayloadTask, now: Instant, newName: () => string): TaskRecord {
  // A payload that stops a task may leave out what it consists of.
  const whole = { ...given, containers: given.containers ?? [], volumes: given.volumes ?? [] };
  const failure = refusalOf(whole);
  // Order needs the Docker settings to be readable.
  const payload = failure === undefined ? withRouterFirst(whole) : whole;
  const { roleCredentials: role, executionRoleCredentials: execution, ...kept } = payload;
  const names = [...(needsPause(payload) ? [pauseName] : []), ...payload.containers.map((container) => container.name)];
  return {
    arn: payload.arn,
    payload: kept,
    ...((role ?? execution) && {
      credentialsIds: {
        ...(role && { task: role.credentialsId }),
        ...(execution && { execution: execution.credentialsId }),
      },
    }),
    desiredStatus: payload.desiredStatus,
    acceptedAt: now,
    containers: Object.fromEntries(
      names.map((name): readonly [string, ContainerRecord] => [
        name,
        {
          name,
          dockerName: dockerNameOf(payload, name, newName()),
          hasImage: false,
          phase: 'none',
          restarts: 0,
          bindings: [],
          ...hostRangesOf(payload, name, newName),
        },
      ]),
    ),
    resources: {},
    volumes: Object.fromEntries(
      payload.volumes
        .filter((volume) => !volume.host?.sourcePath && volume.type !== 'ebs' && volume.type !== 'efs')
        .map((volume) => [
          volume.name,
          volume.dockerVolumeConfiguration?.scope === 'shared'
            ? volume.name
            : dockerNameOf(payload, volume.name, newName()),
        ]),
    ),
    told: { status: 'NONE', attached: false, containers: {} },
    ...(failure === undefined ? {} : { failure }),
  };
}

/** The task as it is after a payload or an acknowledged stop: a desired status only moves forward. */
export function stopped(task: TaskRecord): TaskRecord {
  return task.desiredStatus === 'STOPPED' ? task : { ...task, desiredStatus: 'STOPPED' };
}

function hostRangesOf(payload: PayloadTask, name: string, newName: () => string): Pick<ContainerRecord, 'hostRanges'> {
  const wanted = payload.containers.find((container) => container.name === name);
  if (!wanted?.portMappings.some(({ containerPortRange }) => containerPortRange !== undefined)) return {};
  const hostRanges = chooseHostRanges(payload, wanted, Number.parseInt(newName().slice(0, 8), 16));
  return hostRanges ? { hostRanges } : {};
}

function needsPause(payload: PayloadTask): boolean {
  return payload.networkMode === 'awsvpc' || payload.pidMode === 'task' || payload.ipcMode === 'task';
}

/** What this agent cannot do, said before anything is begun. */
function refusalOf(payload: PayloadTask): string | undefined {
  for (const container of payload.containers) {
    for (const text of [container.dockerConfig.config, container.dockerConfig.hostConfig]) {
      if (!isObject(text)) {
        return `UnrecogniedTaskError: Error loading task - the Docker settings of container ${container.name} are not a JSON object`;
      }
    }
  }
  return undefined;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false; // not JSON at all
  }
}
