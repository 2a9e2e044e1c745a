import type { StatsSet } from '../../../agent/contract.ts';
import type { Instant } from '../../../core/instant.ts';
import { type JsonObject, numberIn, objectIn, objectsIn, textIn } from './frames.ts';

/** What one container used over the last interval (20 s), as its agent measured it. */
export interface ContainerSample {
  readonly containerInstanceArn: string;
  readonly taskArn: string;
  readonly containerName: string;
  readonly family: string;
  /** 100 is one full core. */
  readonly cpu?: StatsSet;
  /** In MiB. */
  readonly memory?: StatsSet;
  readonly receivedAt: Instant;
}

/** A sample not renewed for this long belongs to a container that is gone. */
const staleAfterMs = 120_000;

/** The latest sample of every container, in memory only: they come every 20 s, and history is CloudWatch's. */
export class TaskMetrics {
  /** By container instance, then by task and container. */
  readonly #samples = new Map<string, Map<string, ContainerSample>>();
  readonly #listeners = new Set<(samples: readonly ContainerSample[]) => void>();
  #received = 0;

  /** Samples taken in since the start. */
  get received(): number {
    return this.#received;
  }

  /** Takes in a PublishMetricsRequest. */
  publish(containerInstanceArn: string, request: JsonObject, now: Instant): void {
    const fresh = readSamples(containerInstanceArn, request, now);
    const samples = this.#samples.get(containerInstanceArn) ?? new Map<string, ContainerSample>();
    for (const sample of fresh) samples.set(`${sample.taskArn}/${sample.containerName}`, sample);
    for (const [key, sample] of samples) if (sample.receivedAt + staleAfterMs < now) samples.delete(key);
    if (samples.size > 0) this.#samples.set(containerInstanceArn, samples);
    else this.#samples.delete(containerInstanceArn);
    this.#received += fresh.length;
    for (const listener of this.#listeners) listener(fresh);
  }

  /** The latest sample of each container of a task; empty when there is none. */
  ofTask(containerInstanceArn: string, taskArn: string): readonly ContainerSample[] {
    return [...(this.#samples.get(containerInstanceArn)?.values() ?? [])].filter(
      (sample) => sample.taskArn === taskArn,
    );
  }

  /** Calls with the samples of each request. Returns what ends it. */
  onSamples(listener: (samples: readonly ContainerSample[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forget(containerInstanceArn: string): void {
    this.#samples.delete(containerInstanceArn);
  }
}

function readSamples(containerInstanceArn: string, request: JsonObject, now: Instant): readonly ContainerSample[] {
  return objectsIn(request, 'taskMetrics').flatMap((task) =>
    objectsIn(task, 'containerMetrics').flatMap((container) => {
      const taskArn = textIn(task, 'taskArn');
      const containerName = textIn(container, 'containerName');
      if (!taskArn || !containerName) return [];
      const cpu = readStats(objectIn(container, 'cpuStatsSet'));
      const memory = readStats(objectIn(container, 'memoryStatsSet'));
      return [
        {
          containerInstanceArn,
          taskArn,
          containerName,
          family: textIn(task, 'taskDefinitionFamily') ?? '',
          ...(cpu ? { cpu } : {}),
          ...(memory ? { memory } : {}),
          receivedAt: now,
        },
      ];
    }),
  );
}

function readStats(stats: JsonObject): StatsSet | undefined {
  const min = numberIn(stats, 'min');
  const max = numberIn(stats, 'max');
  const sampleCount = numberIn(stats, 'sampleCount');
  const sum = numberIn(stats, 'sum');
  if (min === undefined || max === undefined || sampleCount === undefined || sum === undefined) return undefined;
  return { min, max, sampleCount, sum };
}
