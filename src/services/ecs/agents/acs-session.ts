import type {
  IamRoleCredentialsMessage,
  PayloadMessage,
  PayloadTask,
  ReadyInterfacesMessage,
  RoleCredentials,
  SecurityGroupsMessage,
} from '../../../agent/contract.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Reader, Store } from '../../../store/store.ts';
import type { Socket } from '../../../world/net.ts';
import type { Clock, Log, Random, Timer } from '../../../world/world.ts';
import { isWithAgent, requestStop } from '../rules/lifecycle.ts';
import { payloadVersion } from '../rules/payload.ts';
import { type ContainerInstanceRecord, type TaskRecord, tasks } from '../tables.ts';
import { unableToAssume } from '../task-roles.ts';
import { type JsonObject, newMessageId, objectsIn, parseFrame, textIn, writeFrame } from './frames.ts';
import { ReadyInterfaceFeed } from './ready-interface-feed.ts';
import { RoleCredentialFeed } from './role-credential-feed.ts';
import { SecurityGroupFeed } from './security-group-feed.ts';
import { SequenceNumbers } from './sequence-numbers.ts';
import type { TaskCredentials } from './task-credentials.ts';
import { type Audience, manifest, taskInPayload } from './task-messages.ts';

/** The agent gives up after one to two minutes of silence; the spec's half minute leaves room for one lost beat. */
export const heartbeatEveryMs = 30_000;
/** A payload that is not acknowledged was not taken in whole: it goes out again. */
const resendAfterMs = 20_000;
/** Sooner: a task whose security groups are not known waits for them, and fails after half a minute. */
const resendSecurityGroupsAfterMs = 5_000;
const tasksPerPayload = 20;
/** What may wait in the socket before we stop writing: an agent that does not read must not fill our memory. */
const bufferLimitBytes = 1024 * 1024;
const bufferRetryMs = 100;
const messagesPerTurn = 10;

/**
 * One agent's ACS session: tells the agent what its instance is to run, from the state and never from an event, until
 * the agent has acknowledged it. First a manifest of all its tasks, then their payloads, then whatever changes. One
 * message is made at a time, and it leaves only when what it says is durable.
 */
export class AcsSession {
  readonly remoteAddress: string;
  readonly #parts: AcsSessionParts;
  readonly #instance: ContainerInstanceRecord;
  readonly #sequence: SequenceNumbers;
  /** Tasks to look at again. */
  readonly #woken = new Set<string>();
  /** Which version of each task the agent has been sent, and by which message. */
  readonly #sent = new Map<string, SentTask>();
  /** By message id, the payloads not acknowledged: an instance may have very many tasks, and few of these. */
  readonly #unacknowledged = new Map<string, SentPayload>();
  readonly #credentials: RoleCredentialFeed;
  /** Tasks that cannot start because a role of theirs cannot be assumed: which one. */
  readonly #unable = new Map<string, string>();
  readonly #securityGroups = new SecurityGroupFeed();
  /** Where the agent wants to be told. */
  readonly #readyInterfaces: ReadyInterfaceFeed | undefined;
  #manifestDue = true;
  #unansweredHeartbeat: string | undefined;
  #scheduled = false;
  #sending = false;
  #ended = false;
  #timer: Timer | undefined;

  constructor(parts: AcsSessionParts) {
    this.#parts = parts;
    this.#instance = parts.instance;
    this.remoteAddress = parts.remoteAddress;
    this.#credentials = new RoleCredentialFeed(parts.credentials);
    this.#sequence = new SequenceNumbers(parts.store, parts.instance.arn);
    this.#readyInterfaces = parts.wantsReadyInterfaces
      ? new ReadyInterfaceFeed(parts.instance, parts.instance.arn)
      : undefined;
    parts.socket.onClose((code) => this.#end(`closed with code ${code}`));
  }

  get instanceArn(): string {
    return this.#instance.arn;
  }

  start(): void {
    if (this.#ended) return;
    this.#parts.socket.onMessage((data) => this.#receive(data));
    this.#timer = this.#parts.clock.after(heartbeatEveryMs, () => this.#beat());
    for (const task of this.#parts.store.view((reader) => [...reader.find(tasks, 'occupying', this.instanceArn)])) {
      this.#woken.add(task.arn);
      this.#needGroupsOf(task);
    }
    this.#schedule();
  }

  /** A security group has other rules. */
  wakeSecurityGroup(groupId: string): void {
    this.#securityGroups.groupChanged(groupId);
    if (this.#securityGroups.hasNews) this.#schedule();
  }

  /** A network interface came, or is gone. */
  wakeNetworkInterface(networkInterfaceId: string): void {
    this.#securityGroups.interfaceChanged(networkInterfaceId);
    if (this.#securityGroups.hasNews) this.#schedule();
  }

  /** Some instance has other ready interfaces. */
  wakeReadyInterfaces(): void {
    if (!this.#readyInterfaces) return;
    this.#readyInterfaces.hasNews = true;
    this.#schedule();
  }

  #needGroupsOf({ networkInterface }: TaskRecord): void {
    if (networkInterface && this.#parts.speaksLongshore) this.#securityGroups.need(networkInterface.securityGroupIds);
  }

  /** The task has changed. */
  wake(taskArn: string): void {
    this.#woken.add(taskArn);
    this.#schedule();
  }

  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.#parts.socket.close(code, reason);
    this.#end(reason); // at once: the peer may never answer the close
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.#parts.onEnd(this, reason);
  }

  // --- sending ----------------------------------------------------------------------------------------------------

  /** Sends after what is happening now: the tasks placed by one group of transactions share a message. */
  #schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    const send = (): void => {
      this.#scheduled = false;
      void this.#sendSome();
    };
    if (this.#isFull()) this.#parts.clock.after(bufferRetryMs, send);
    else this.#parts.clock.soon(send);
  }

  /** A few messages at a time, so that an agent with very many tasks does not keep others waiting. */
  async #sendSome(): Promise<void> {
    if (this.#sending) return; // it looks again before it ends
    this.#sending = true;
    try {
      for (let count = 0; count < messagesPerTurn && this.#hasWork() && !this.#isFull(); count += 1) {
        await this.#sendNext();
        await this.#stopUnable();
      }
    } catch (error) {
      // The store could not make durable what we were about to tell: the agent connects again and is told all anew.
      this.#parts.log.error('agent session failed', { instance: this.instanceArn, error: String(error) });
      this.close(1011, 'internal error');
    } finally {
      this.#sending = false;
    }
    if (this.#hasWork()) this.#schedule();
  }

  #hasWork(): boolean {
    if (this.#ended) return false;
    if (this.#manifestDue || this.#woken.size > 0) return true;
    return this.#securityGroups.hasNews || (this.#readyInterfaces?.hasNews ?? false);
  }

  #isFull(): boolean {
    return this.#parts.socket.bufferedBytes >= bufferLimitBytes;
  }

  async #sendNext(): Promise<void> {
    const { store, socket, clock, random } = this.#parts;
    if (!this.#manifestDue && !this.#wokenNeedSending()) return this.#sendWhatIsAround();
    const number = await this.#sequence.take();
    if (number === undefined) return this.close(1000, 'the container instance is gone');
    const messageId = newMessageId(random);
    const message = store.view((reader) =>
      this.#manifestDue
        ? {
            type: 'TaskManifestMessage',
            body: manifest(reader, this.#instance, { messageId, generatedAt: clock.now(), timeline: number }),
          }
        : { type: 'PayloadMessage', body: this.#payload(reader, messageId, number, clock.now()) },
    );
    await this.#sendSecurityGroups();
    if (!message.body) return;
    await store.durable();
    if (this.#ended) return;
    this.#manifestDue &&= message.type !== 'TaskManifestMessage';
    socket.send(writeFrame(message.type, message.body));
  }

  async #sendWhatIsAround(): Promise<void> {
    await this.#sendSecurityGroups();
    await this.#sendReadyInterfaces();
  }

  /**
   * Goes behind the payload of a task that was given one: what an agent is not told of any more, it clears away. All that is
   * seen here has woken its session once it is durable.
   */
  async #sendReadyInterfaces(): Promise<void> {
    const feed = this.#readyInterfaces;
    const { store, socket, random } = this.#parts;
    const interfaces = feed && store.view((reader) => feed.next(reader));
    if (!interfaces) return;
    await store.durable();
    if (this.#ended) return;
    if (this.#wokenNeedSending()) {
      feed.hasNews = true;
      return;
    }
    feed.tell(interfaces);
    const message: ReadyInterfacesMessage = { messageId: newMessageId(random), interfaces };
    socket.send(writeFrame('ReadyInterfacesMessage', message));
  }

  /** Goes before a payload: what a task may receive and send is known before it is there. */
  async #sendSecurityGroups(): Promise<void> {
    const { store, random } = this.#parts;
    const message = store.view((reader) => this.#securityGroups.next(reader, () => newMessageId(random)));
    if (!message) return;
    await store.durable();
    this.#tellSecurityGroups(message);
  }

  #tellSecurityGroups(message: SecurityGroupsMessage): void {
    if (this.#ended) return;
    const { clock, socket } = this.#parts;
    socket.send(writeFrame('SecurityGroupsMessage', message));
    clock.after(resendSecurityGroupsAfterMs, () => {
      if (this.#securityGroups.unacknowledged === message) this.#tellSecurityGroups(message);
    });
  }

  /** Whether there is a payload to make. Drops the woken tasks before it, of which the agent knows all. */
  #wokenNeedSending(): boolean {
    return this.#parts.store.view((reader) => {
      for (const arn of this.#woken) {
        if (this.#unsent(reader, arn)) return true;
        this.#woken.delete(arn);
      }
      return false;
    });
  }

  /** The task, where the agent is to have it and has not been sent it as it is now. */
  #unsent(reader: Reader, arn: string): TaskRecord | undefined {
    const task = reader.get(tasks, arn);
    if (task && isWithAgent(task)) return this.#sent.get(arn)?.version === payloadVersion(task) ? undefined : task;
    this.#sent.delete(arn);
    this.#credentials.forget(arn);
    return undefined;
  }

  #payload(reader: Reader, messageId: string, number: number, now: Instant): PayloadMessage | undefined {
    const chosen: PayloadTask[] = [];
    let told: SentTask | undefined;
    for (const arn of this.#woken) {
      if (chosen.length === tasksPerPayload) break;
      this.#woken.delete(arn);
      const task = this.#unsent(reader, arn);
      if (!task) continue;
      const given = this.#credentials.issue(reader, task);
      if (given.unable !== undefined && task.desiredStatus === 'RUNNING' && task.lastStatus === 'PENDING') {
        this.#unable.set(arn, given.unable);
        continue;
      }
      this.#needGroupsOf(task);
      chosen.push(taskInPayload(reader, task, this.#parts, given));
      const version = payloadVersion(task);
      if (told?.version !== version) told = { version, messageId };
      this.#sent.set(arn, told);
    }
    if (chosen.length === 0) return undefined;
    const sentAtMs = this.#parts.clock.monotonicMs();
    this.#unacknowledged.set(messageId, { taskArns: chosen.map(({ arn }) => arn), sentAtMs });
    return {
      messageId,
      clusterArn: this.#instance.clusterArn,
      containerInstanceArn: this.instanceArn,
      tasks: chosen,
      generatedAt: now,
      seqNum: number,
    };
  }

  /** A task that waits for a role which is gone or trusts ECS no more does not start. */
  async #stopUnable(): Promise<void> {
    if (this.#unable.size === 0) return;
    const unable = [...this.#unable];
    this.#unable.clear();
    await this.#parts.store.update((tx, env) => {
      for (const [arn, roleArn] of unable) {
        const task = tx.get(tasks, arn);
        const cause = { stopCode: 'TaskFailedToStart', reason: unableToAssume(roleArn) } as const;
        if (task?.desiredStatus === 'RUNNING') tx.put(tasks, requestStop(task, cause, env.now));
      }
    });
  }

  /** New credentials for tasks whose present ones have little time left. */
  #renew(): void {
    for (const taskArn of this.#credentials.due(this.#parts.clock.now())) {
      this.#parts.store.view((reader) => this.#renewCredentials(reader, taskArn));
    }
  }

  #renewCredentials(reader: Reader, taskArn: string): void {
    const { random, socket } = this.#parts;
    const task = reader.get(tasks, taskArn);
    if (!task || !isWithAgent(task)) return this.#credentials.forget(taskArn);
    const { roleCredentials, executionRoleCredentials } = this.#credentials.issue(reader, task);
    const send = (roleType: IamRoleCredentialsMessage['roleType'], given: RoleCredentials): void => {
      const message: IamRoleCredentialsMessage = {
        messageId: newMessageId(random),
        taskArn,
        taskClusterArn: task.clusterArn,
        roleType,
        roleCredentials: given,
      };
      socket.send(writeFrame('IAMRoleCredentialsMessage', message));
    };
    if (roleCredentials) send('TaskApplication', roleCredentials);
    if (executionRoleCredentials) send('TaskExecution', executionRoleCredentials);
  }

  /** Every half minute: a beat, and once more what has not been acknowledged. */
  #beat(): void {
    if (this.#unansweredHeartbeat !== undefined) return this.close(1001, 'heartbeat not answered');
    this.#unansweredHeartbeat = newMessageId(this.#parts.random);
    this.#parts.socket.send(writeFrame('HeartbeatMessage', { messageId: this.#unansweredHeartbeat, healthy: true }));
    this.#renew();
    const dueBeforeMs = this.#parts.clock.monotonicMs() - resendAfterMs;
    for (const [messageId, payload] of this.#unacknowledged) {
      if (payload.sentAtMs > dueBeforeMs) break; // they stand in the order sent
      this.#unacknowledged.delete(messageId);
      for (const arn of payload.taskArns) {
        if (this.#sent.get(arn)?.messageId !== messageId) continue; // a later one has told it
        this.#sent.delete(arn);
        this.#woken.add(arn);
      }
    }
    this.#timer = this.#parts.clock.after(heartbeatEveryMs, () => this.#beat());
    if (this.#hasWork()) this.#schedule();
  }

  // --- receiving --------------------------------------------------------------------------------------------------

  #receive(data: string | Uint8Array): void {
    if (this.#ended) return;
    const frame = parseFrame(data);
    if (!frame) return this.close(1008, 'not a frame of the agent protocol');
    // Types without a handler are ignored, as the agent ignores what it does not know.
    const handle = this.#handlers[frame.type];
    handle?.(frame.message);
  }

  readonly #handlers: Readonly<Record<string, (message: JsonObject) => void>> = {
    HeartbeatAckRequest: () => {
      this.#unansweredHeartbeat = undefined;
    },
    AckRequest: (message) => {
      const messageId = textIn(message, 'messageId') ?? '';
      this.#unacknowledged.delete(messageId);
      this.#securityGroups.acknowledge(messageId);
      if (this.#securityGroups.hasNews) this.#schedule();
    },
    NackRequest: (message) => {
      this.#parts.log.warn('agent refused a message', {
        instance: this.instanceArn,
        messageId: textIn(message, 'messageId'),
        reason: textIn(message, 'reason'),
      });
    },
    TaskStopVerificationMessage: (message) => void this.#verifyStops(message),
  };

  /** The agent runs tasks that the manifest did not name. Only those that are over, or never were, may be stopped. */
  async #verifyStops(message: JsonObject): Promise<void> {
    const { store, socket, clock, log } = this.#parts;
    const stopTasks = store.view((reader) =>
      objectsIn(message, 'stopCandidates').flatMap((candidate) => {
        const taskArn = textIn(candidate, 'taskArn');
        if (taskArn === undefined) return [];
        const task = reader.get(tasks, taskArn);
        if (task?.containerInstanceArn === this.instanceArn && isWithAgent(task)) return [];
        const taskClusterArn = textIn(candidate, 'taskClusterArn') ?? this.#instance.clusterArn;
        return [{ taskArn, taskClusterArn, desiredStatus: 'STOPPED' as const }];
      }),
    );
    try {
      await store.durable();
    } catch (error) {
      log.error('agent session failed', { instance: this.instanceArn, error: String(error) });
      return this.close(1011, 'internal error');
    }
    if (this.#ended) return;
    socket.send(
      writeFrame('TaskStopVerificationAck', {
        messageId: textIn(message, 'messageId') ?? '',
        generatedAt: clock.now(),
        stopTasks,
      }),
    );
  }
}

export interface AcsSessionParts extends Audience {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly credentials: TaskCredentials;
  readonly socket: Socket;
  readonly instance: ContainerInstanceRecord;
  readonly remoteAddress: string;
  /** Whether it makes networks ready before there are tasks for them. */
  readonly wantsReadyInterfaces: boolean;
  readonly onEnd: (session: AcsSession, reason: string) => void;
}

interface SentTask {
  readonly version: string;
  /** The payload that told it. */
  readonly messageId: string;
}

interface SentPayload {
  readonly taskArns: readonly string[];
  readonly sentAtMs: number;
}
