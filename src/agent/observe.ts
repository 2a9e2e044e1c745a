import type { Instant } from '../core/instant.ts';
import type { ContainerInspect, DockerEvent } from '../world/docker.ts';
import type { HealthStatus, PayloadContainer } from './contract.ts';
import { withRanges } from './host-ports.ts';
import type { ContainerRecord, PortBinding } from './state.ts';

/** What is known of a container once the engine has been asked; `undefined` is what it says of one it does not have. */
export function observe(
  seen: ContainerRecord,
  inspect: ContainerInspect | undefined,
  wanted: PayloadContainer | undefined,
  now: Instant,
): ContainerRecord {
  if (!inspect) return vanished(seen);
  const { State: state } = inspect;
  const startedAt = instantOf(state.StartedAt);
  const base: ContainerRecord = { ...seen, id: inspect.Id };
  // An engine that could not start a container leaves it created, or dead without ever having run.
  if (state.Status === 'created' || startedAt === undefined) return { ...base, phase: 'created' };
  const alive = state.Running || state.Status === 'paused' || state.Status === 'restarting';
  const health = wanted?.healthCheckType === 'docker' ? healthOf(seen, inspect, now) : undefined;
  const ran = {
    ...base,
    startedAt,
    ...(health ? { health } : {}),
  };
  if (alive) {
    const address = Object.values(inspect.NetworkSettings.Networks).find((network) => network.IPAddress)?.IPAddress;
    return {
      ...ran,
      phase: 'running',
      bindings: withRanges(bindingsOf(inspect, wanted), wanted),
      ...(address === undefined ? {} : { address }),
    };
  }
  const error = state.OOMKilled
    ? 'OutOfMemoryError: Container killed due to memory usage'
    : state.Error !== ''
      ? `DockerStateError: ${state.Error}`
      : seen.error;
  return {
    ...ran,
    phase: 'exited',
    exitCode: state.ExitCode,
    finishedAt: instantOf(state.FinishedAt) ?? now,
    ...(error === undefined ? {} : { error }),
  };
}

/**
 * What is known of a running container by the engine's word alone that it died. The engine answers no question about the
 * container before it has taken its network down, tens of milliseconds later, so it is asked only where the event does
 * not tell all: after a signal, which may have been the kernel's for want of memory. Undefined then.
 */
export function observeDeath(seen: ContainerRecord, event: DockerEvent): ContainerRecord | undefined {
  const exitCode = Number(event.Actor.Attributes['exitCode'] ?? Number.NaN);
  const finishedAt = Math.floor(event.timeNano / 1_000_000);
  const isOfThisRun = seen.phase === 'running' && seen.id === event.Actor.ID && finishedAt >= (seen.startedAt ?? 0);
  const isSignal = exitCode > 128;
  return isOfThisRun && !isSignal && !Number.isNaN(exitCode)
    ? { ...seen, phase: 'exited', exitCode, finishedAt }
    : undefined;
}

function vanished(seen: ContainerRecord): ContainerRecord {
  if (seen.phase === 'none' || seen.phase === 'gone') return seen;
  if (seen.phase === 'exited') return { ...seen, phase: 'gone' };
  return { ...seen, phase: 'gone', error: 'ContainerVanishedError: No container matching saved ID found' };
}

/** The engine's year 1 means never. */
function instantOf(text: string): Instant | undefined {
  const instant = Date.parse(text);
  return Number.isNaN(instant) || instant <= 0 ? undefined : instant;
}

function healthOf(seen: ContainerRecord, inspect: ContainerInspect, now: Instant): ContainerRecord['health'] {
  const status = healthNames[inspect.State.Health?.Status ?? 'none'];
  if (seen.health?.status === status) return seen.health;
  const last = inspect.State.Health?.Log?.at(-1)?.End;
  return { status, since: (last === undefined ? undefined : instantOf(last)) ?? now };
}

const healthNames = {
  none: 'UNKNOWN',
  starting: 'UNKNOWN',
  healthy: 'HEALTHY',
  unhealthy: 'UNHEALTHY',
} as const satisfies Record<string, HealthStatus>;

/** IPv6 twins of a binding are left out, as the stock agent does by default. */
function bindingsOf(inspect: ContainerInspect, wanted: PayloadContainer | undefined): readonly PortBinding[] {
  if (inspect.HostConfig.NetworkMode === 'host') return wanted ? hostBindings(wanted) : [];
  return Object.entries(inspect.NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) => {
    const [containerPort, protocol] = port.split('/');
    return (bindings ?? [])
      .filter((binding) => !binding.HostIp.includes(':'))
      .map((binding) => ({
        bindIP: binding.HostIp === '' ? '0.0.0.0' : binding.HostIp,
        containerPort: Number(containerPort),
        hostPort: Number(binding.HostPort),
        protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
      }));
  });
}

/** In the host's network a container's ports are the host's. */
export function hostBindings(wanted: PayloadContainer): readonly PortBinding[] {
  return wanted.portMappings.flatMap((mapping) =>
    mapping.containerPort === undefined
      ? []
      : [
          {
            bindIP: '0.0.0.0',
            containerPort: mapping.containerPort,
            hostPort: mapping.containerPort,
            protocol: mapping.protocol,
          },
        ],
  );
}
