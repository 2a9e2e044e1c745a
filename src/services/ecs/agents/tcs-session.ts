import type { Store } from '../../../store/store.ts';
import type { Socket } from '../../../world/net.ts';
import type { Clock, Log, Random, Timer } from '../../../world/world.ts';
import { applyHealthReport } from '../rules/lifecycle.ts';
import { type TaskContainer, tasks } from '../tables.ts';
import { heartbeatEveryMs } from './acs-session.ts';
import {
  type JsonObject,
  newMessageId,
  objectsIn,
  parseFrame,
  textIn,
  withoutHeaderBlock,
  writeFrame,
} from './frames.ts';
import { type InstanceHealth, readInstanceHealth } from './instance-health.ts';
import type { TaskMetrics } from './task-metrics.ts';

/** One agent's TCS session: metrics into memory, health of containers into their tasks, an answer to each message. */
export class TcsSession {
  readonly #parts: TcsSessionParts;
  #timer: Timer | undefined;
  #ended = false;

  constructor(parts: TcsSessionParts) {
    this.#parts = parts;
    parts.socket.onClose(() => this.#end());
  }

  start(): void {
    if (this.#ended) return;
    this.#parts.socket.onMessage((data) => void this.#receive(data));
    this.#beatLater();
  }

  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.#parts.socket.close(code, reason);
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.#parts.onEnd(this);
  }

  /** The agent leaves when nothing has come for a minute, and does not answer beats on this socket. */
  #beatLater(): void {
    this.#timer = this.#parts.clock.after(heartbeatEveryMs, () => {
      this.#send('HeartbeatMessage', { healthy: true });
      this.#beatLater();
    });
  }

  #send(type: string, message: object): void {
    if (!this.#ended) this.#parts.socket.send(writeFrame(type, message));
  }

  async #receive(data: string | Uint8Array): Promise<void> {
    if (this.#ended) return;
    const frame = parseFrame(withoutHeaderBlock(data));
    if (!frame) return this.close(1008, 'not a frame of the agent protocol');
    try {
      await this.#handlers[frame.type]?.(frame.message);
    } catch (error) {
      this.#parts.log.error('telemetry not taken in', { instance: this.#parts.instanceArn, error: String(error) });
      this.close(1011, 'internal error');
    }
  }

  readonly #handlers: Readonly<Record<string, (message: JsonObject) => void | Promise<void>>> = {
    PublishMetricsRequest: (message) => {
      this.#parts.metrics.publish(this.#parts.instanceArn, message, this.#parts.clock.now());
      this.#send('AckPublishMetric', { message: newMessageId(this.#parts.random) });
    },
    PublishHealthRequest: async (message) => {
      for (const task of objectsIn(message, 'tasks')) await this.#takeHealth(task);
      this.#send('AckPublishHealth', { message: newMessageId(this.#parts.random) });
    },
    PublishInstanceStatusRequest: (message) => {
      const now = this.#parts.clock.now();
      this.#parts.onHealth(objectsIn(message, 'statuses').flatMap((status) => readInstanceHealth(status, now) ?? []));
      this.#send('AckPublishInstanceStatus', { message: newMessageId(this.#parts.random) });
    },
  };

  /** Health comes every 20 s and seldom changes: only a change is a transaction. */
  async #takeHealth(report: JsonObject): Promise<void> {
    const { store, instanceArn } = this.#parts;
    const taskArn = textIn(report, 'taskArn');
    if (taskArn === undefined) return;
    const containers = objectsIn(report, 'containers').flatMap((container) => {
      const name = textIn(container, 'containerName');
      const healthStatus = healthStatuses.find((status) => status === container['healthStatus']);
      return name !== undefined && healthStatus ? [{ name, healthStatus }] : [];
    });
    const present = store.view((reader) => reader.get(tasks, taskArn));
    if (present?.containerInstanceArn !== instanceArn) return;
    if (applyHealthReport(present, containers, present.createdAt) === present) return;
    await store.update((tx, env) => {
      const task = tx.get(tasks, taskArn);
      if (task) tx.put(tasks, applyHealthReport(task, containers, env.now));
    });
  }
}

export interface TcsSessionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: TaskMetrics;
  readonly socket: Socket;
  readonly instanceArn: string;
  readonly onHealth: (health: readonly InstanceHealth[]) => void;
  readonly onEnd: (session: TcsSession) => void;
}

const healthStatuses: readonly TaskContainer['healthStatus'][] = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN'];
