import type { ContainerStats } from '../world/docker.ts';
import type { StatsSet } from './contract.ts';

/** Samples of one container between two publications. */
export class UsageSamples {
  #cpu: number[] = [];
  #memory: number[] = [];
  #last: { readonly cpuNanos: number; readonly atMs: number } | undefined;

  add(stats: ContainerStats): void {
    const atMs = Date.parse(stats.read);
    const cpuNanos = stats.cpu_stats.cpu_usage.total_usage;
    const last = this.#last;
    // A restart begins the count again; a sample without a time says nothing.
    if (last && atMs > last.atMs && cpuNanos >= last.cpuNanos) {
      this.#cpu.push((100 * (cpuNanos - last.cpuNanos)) / ((atMs - last.atMs) * 1e6));
    }
    if (!Number.isNaN(atMs)) this.#last = { cpuNanos, atMs };
    const memory = memoryMiBOf(stats);
    if (memory !== undefined) this.#memory.push(memory);
  }

  /** What was gathered since the last take. */
  take(): { readonly cpuStatsSet?: StatsSet; readonly memoryStatsSet?: StatsSet } {
    const cpu = setOf(this.#cpu);
    const memory = setOf(this.#memory);
    this.#cpu = [];
    this.#memory = [];
    return { ...(cpu ? { cpuStatsSet: cpu } : {}), ...(memory ? { memoryStatsSet: memory } : {}) };
  }
}

/** What the page cache holds is not the container's need: version 1 calls it cache, version 2 inactive_file. */
function memoryMiBOf(stats: ContainerStats): number | undefined {
  const { usage, stats: parts } = stats.memory_stats;
  if (usage === undefined) return undefined;
  return Math.max(0, usage - (parts?.['cache'] ?? parts?.['inactive_file'] ?? 0)) / (1024 * 1024);
}

function setOf(values: readonly number[]): StatsSet | undefined {
  if (values.length === 0) return undefined;
  return {
    min: Math.min(...values),
    max: Math.max(...values),
    sampleCount: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
  };
}
