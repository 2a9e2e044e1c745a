import type { ContainerStats, Docker } from '../../world/docker.ts';
import type { Clock } from '../../world/world.ts';

/** Docker's statistics of a container as the task metadata endpoint gives them. */
export interface StatsReader {
  /** Undefined when the container does not run. `withRates` adds what version 4 has more. */
  read(containerId: string, withRates: boolean): Promise<Readonly<Record<string, unknown>> | undefined>;
}

interface Sample {
  readonly atMs: number;
  readonly stats: ContainerStats;
  readonly previous: ContainerStats | undefined;
}

/**
 * The engine is asked once a second and container at most, however often containers ask: a sample costs the engine
 * milliseconds, and the one before it is what rates are made of.
 */
export function createStatsReader(docker: Pick<Docker, 'stats'>, clock: Clock): StatsReader {
  const samples = new Map<string, Promise<Sample>>();

  async function sample(containerId: string): Promise<Sample> {
    const last = samples.get(containerId);
    const known = await last?.catch(() => undefined);
    if (known && clock.monotonicMs() - known.atMs < keptMs) return known;
    const other = samples.get(containerId);
    if (other && other !== last) return other; // somebody else has asked meanwhile
    const asked = docker.stats(containerId).then((stats) => ({
      atMs: clock.monotonicMs(),
      stats,
      previous: known?.stats,
    }));
    samples.set(containerId, asked);
    forgetOld(samples, containerId);
    return asked;
  }

  return {
    async read(containerId, withRates) {
      const { stats, previous } = await sample(containerId).catch(() => {
        samples.delete(containerId);
        return { stats: undefined, previous: undefined };
      });
      if (!stats) return undefined;
      const whole = { ...stats, ...(previous ? { precpu_stats: previous.cpu_stats, preread: previous.read } : {}) };
      return withRates ? { ...whole, ...networkRates(stats, previous) } : whole;
    },
  };
}

const keptMs = 1000;
const containersKept = 1000;

function forgetOld(samples: Map<string, Promise<Sample>>, newest: string): void {
  if (samples.size <= containersKept) return;
  for (const id of samples.keys()) {
    if (id === newest || samples.size <= containersKept / 2) return;
    samples.delete(id);
  }
}

function networkRates(stats: ContainerStats, previous: ContainerStats | undefined): object {
  const seconds = previous === undefined ? 0 : (Date.parse(stats.read) - Date.parse(previous.read)) / 1000;
  if (!previous || !(seconds > 0)) return {};
  const total = (of: ContainerStats, member: 'rx_bytes' | 'tx_bytes'): number =>
    Object.values(of.networks ?? {}).reduce((sum, network) => sum + network[member], 0);
  return {
    network_rate_stats: {
      rx_bytes_per_sec: (total(stats, 'rx_bytes') - total(previous, 'rx_bytes')) / seconds,
      tx_bytes_per_sec: (total(stats, 'tx_bytes') - total(previous, 'tx_bytes')) / seconds,
    },
  };
}
