import { DockerError } from '../world/docker.ts';
import type { PayloadContainer, PayloadTask } from './contract.ts';
import type { PortBinding } from './state.ts';

/**
 * The ports of the host that ranges of a container's ports are given in bridge mode: as many in a row, chosen by chance
 * when the task is accepted and written with it. Whether they are free the engine knows and says when the container
 * starts; then others are tried. Single ports without a host port are left to the engine.
 */
export interface HostRanges {
  /** By `<containerPortRange>/<protocol>`, the first port of the host. */
  readonly first: Readonly<Record<string, number>>;
  /** How many choices were taken already. */
  readonly refusals: number;
}

/** Where they are looked for: the ports that IANA leaves to everybody. */
const span = { first: 49_153, last: 65_535 } as const;
const mostRefusals = 30;

/** Undefined where the container maps no range. `random` is any large whole number. */
export function chooseHostRanges(
  payload: PayloadTask,
  wanted: PayloadContainer,
  random: number,
): HostRanges | undefined {
  if ((payload.networkMode ?? 'bridge') !== 'bridge') return undefined;
  const ranges = rangesOf(wanted);
  return ranges.length === 0 ? undefined : { first: place(ranges, random), refusals: 0 };
}

/** The next choice after one that was taken; undefined when enough were tried. */
export function nextHostRanges(wanted: PayloadContainer, taken: HostRanges): HostRanges | undefined {
  const refusals = taken.refusals + 1;
  if (refusals > mostRefusals) return undefined;
  const ranges = rangesOf(wanted);
  const [first] = ranges;
  const begin = (first && taken.first[first.key]) ?? span.first;
  // A prime step: it comes everywhere before it comes back.
  return { first: place(ranges, begin - span.first + 509), refusals };
}

export interface PortRange {
  readonly key: string;
  readonly protocol: 'tcp' | 'udp';
  readonly containerPortRange: string;
  readonly firstPort: number;
  readonly count: number;
}

export function rangesOf(wanted: PayloadContainer): readonly PortRange[] {
  return wanted.portMappings.flatMap(({ containerPortRange, protocol }) => {
    const [firstPort = Number.NaN, lastPort = Number.NaN] = (containerPortRange ?? '').split('-').map(Number);
    if (containerPortRange === undefined || !(lastPort >= firstPort)) return [];
    const key = `${containerPortRange}/${protocol}`;
    return [{ key, protocol, containerPortRange, firstPort, count: lastPort - firstPort + 1 }];
  });
}

/** One range after the other, from a place in the span on; back to its beginning where they would leave it. */
function place(ranges: readonly PortRange[], offset: number): Readonly<Record<string, number>> {
  const count = ranges.reduce((sum, range) => sum + range.count, 0);
  const room = Math.max(1, span.last - span.first + 2 - count);
  let next = span.first + (offset % room);
  const first: Record<string, number> = {};
  for (const range of ranges) {
    first[range.key] = next;
    next += range.count;
  }
  return first;
}

/** Bindings as they are told: the single ports of a range as one. */
export function withRanges(
  bindings: readonly PortBinding[],
  wanted: PayloadContainer | undefined,
): readonly PortBinding[] {
  const ranges = wanted ? rangesOf(wanted) : [];
  if (ranges.length === 0) return bindings;
  const isIn = (range: PortRange, { containerPort = 0, protocol }: PortBinding): boolean =>
    protocol === range.protocol && containerPort >= range.firstPort && containerPort < range.firstPort + range.count;
  const joined = ranges.flatMap((range): readonly PortBinding[] => {
    const first = bindings.find((binding) => binding.containerPort === range.firstPort && isIn(range, binding));
    if (first?.hostPort === undefined) return [];
    const { containerPortRange, count, protocol } = range;
    const hostPortRange = `${first.hostPort}-${first.hostPort + count - 1}`;
    return [{ bindIP: first.bindIP, protocol, containerPortRange, hostPortRange }];
  });
  return [...bindings.filter((binding) => !ranges.some((range) => isIn(range, binding))), ...joined];
}

/** Whether a container could not be started because of a port of the host that somebody has. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof DockerError && /port is already allocated|address already in use/.test(error.message);
}
