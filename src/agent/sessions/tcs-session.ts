import { hex } from '../../core/hex.ts';
import { equal } from '../../core/equal.ts';
import type { Store } from '../../store/store.ts';
import type { Docker } from '../../world/docker.ts';
import type { Socket } from '../../world/net.ts';
import type { Clock, Log, Random, Timer } from '../../world/world.ts';
import type { Backend, PublishHealthRequest, PublishMetricsRequest } from '../contract.ts';
import { UsageSamples } from '../metrics.ts';
import { runSession, type SessionLoop } from './session-loop.ts';
import { agentTasks, type TaskRecord } from '../state.ts';

export interface TcsParts {
  readonly store: Store;
  readonly backend: Backend;
  readonly docker: Docker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly url: () => Promise<string>;
  /** What containers use is not measured: metrics say only which tasks run. */
  readonly disableMetrics: boolean;
  readonly publishEveryMs: number;
}

/** The session that carries what containers use and how they are: now and then, and health when it changes. */
export function runTcsSession(parts: TcsParts): SessionLoop {
  const { store, clock, docker, log } = parts;
  const samples = new Map<string, UsageSamples>();
  const timers = new Set<Timer>();
  let open: { readonly socket: Socket; readonly url: string } | undefined;
  let url = '';
  let lastHealth: PublishHealthRequest['tasks'] = [];
  let stopped = false;

  const running = (): readonly TaskRecord[] =>
    store.view((reader) =>
      [...reader.find(agentTasks, 'remains', 'left')].filter(
        (task) => task.ranAt !== undefined && task.stoppedAt === undefined,
      ),
    );

  function send(type: string, message: object): void {
    if (!open) return;
    const body = JSON.stringify({ type, message });
    open.socket.send(parts.backend.signFrame(open.url, body) + body);
  }

  function metadata(fin: boolean): PublishHealthRequest['metadata'] {
    return {
      cluster: parts.cluster,
      containerInstance: parts.containerInstanceArn,
      messageId: hex(parts.random.bytes(16)),
      fin,
    };
  }

  function publishMetrics(): void {
    const tasks = running().map((task) => ({
      taskArn: task.arn,
      clusterArn: task.payload.taskClusterArn,
      taskDefinitionFamily: task.payload.family,
      taskDefinitionVersion: task.payload.version,
      containerMetrics: task.payload.containers.flatMap((container) => {
        const usage = samples.get(task.containers[container.name]?.id ?? '')?.take();
        if (!usage?.memoryStatsSet && !usage?.cpuStatsSet) return [];
        return [{ containerArn: container.containerArn, containerName: container.name, ...usage }];
      }),
    }));
    for (const chunk of chunksOf(tasks)) {
      const message: PublishMetricsRequest = {
        metadata: { ...metadata(chunk.last), idle: tasks.length === 0 },
        taskMetrics: chunk.items,
        timestamp: clock.now() / 1000,
      };
      send('PublishMetricsRequest', message);
    }
  }

  function healthNow(): PublishHealthRequest['tasks'] {
    return running().flatMap((task) => {
      const containers = task.payload.containers.flatMap((container) => {
        const health = task.containers[container.name]?.health;
        if (!health) return [];
        return [{ containerName: container.name, healthStatus: health.status, statusSince: health.since / 1000 }];
      });
      if (containers.length === 0) return [];
      return [
        {
          taskArn: task.arn,
          clusterArn: task.payload.taskClusterArn,
          taskDefinitionFamily: task.payload.family,
          taskDefinitionVersion: task.payload.version,
          containers,
        },
      ];
    });
  }

  function publishHealth(tasks: PublishHealthRequest['tasks']): void {
    lastHealth = tasks;
    if (tasks.length === 0) return;
    for (const chunk of chunksOf(tasks)) {
      const message: PublishHealthRequest = {
        metadata: metadata(chunk.last),
        tasks: chunk.items,
        timestamp: clock.now() / 1000,
      };
      send('PublishHealthRequest', message);
    }
  }

  async function sample(): Promise<void> {
    const ids = running().flatMap((task) =>
      Object.values(task.containers).flatMap((container) =>
        container.phase === 'running' && container.id !== undefined && container.name in namesOf(task)
          ? [container.id]
          : [],
      ),
    );
    for (const id of samples.keys()) if (!ids.includes(id)) samples.delete(id);
    for (const id of ids) {
      if (stopped) return;
      try {
        const stats = await docker.stats(id);
        const usage = samples.get(id) ?? new UsageSamples();
        samples.set(id, usage);
        usage.add(stats);
      } catch (error) {
        log.info('no statistics of a container', { container: id, reason: String(error) }); // it may just have ended
      }
    }
  }

  function repeat(everyMs: number, action: () => void | Promise<void>): void {
    const timer = clock.after(everyMs, () => {
      timers.delete(timer);
      Promise.resolve(action())
        .catch((error: unknown) => log.error('telemetry broke', { reason: String(error) }))
        .finally(() => {
          if (!stopped) repeat(everyMs, action);
        });
    });
    timers.add(timer);
  }

  if (!parts.disableMetrics) repeat(sampleEveryMs, sample);
  repeat(parts.publishEveryMs, () => {
    publishMetrics();
    publishHealth(healthNow());
  });
  const unwatch = store.watch(agentTasks, (arn) => {
    const task = store.view((reader) => reader.get(agentTasks, arn));
    if (!task || Object.values(task.containers).every((container) => container.health === undefined)) return;
    const health = healthNow();
    if (!equal(health, lastHealth)) publishHealth(health);
  });

  const session = runSession(parts, {
    name: 'tcs',
    async open() {
      url = await parts.url();
      return parts.backend.openSocket(url);
    },
    begin(socket) {
      open = { socket, url };
      publishHealth(healthNow());
      return () => {
        open = undefined;
      };
    },
    take() {
      // Heartbeats and acknowledgements: that something came is all they say.
    },
  });
  return {
    stop() {
      stopped = true;
      unwatch();
      for (const timer of timers) timer.cancel();
      session.stop();
    },
  };
}

const sampleEveryMs = 10_000;
const tasksPerFrame = 10;

function namesOf(task: TaskRecord): Readonly<Record<string, true>> {
  return Object.fromEntries(task.payload.containers.map((container) => [container.name, true as const]));
}

/** At least one chunk, so that an idle instance is heard of too. */
function chunksOf<T>(items: readonly T[]): readonly { readonly items: readonly T[]; readonly last: boolean }[] {
  const chunks = [];
  for (let start = 0; start === 0 || start < items.length; start += tasksPerFrame) {
    chunks.push({ items: items.slice(start, start + tasksPerFrame), last: start + tasksPerFrame >= items.length });
  }
  return chunks;
}
