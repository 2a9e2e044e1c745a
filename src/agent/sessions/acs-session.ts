import type { Store } from '../../store/store.ts';
import type { Socket } from '../../world/net.ts';
import type { Clock, Log, Random } from '../../world/world.ts';
import type {
  Backend,
  IamRoleCredentialsMessage,
  PayloadMessage,
  ReadyInterfacesMessage,
  RoleCredentials,
  SecurityGroupsMessage,
  TaskManifestMessage,
  TaskStopVerificationAck,
} from '../contract.ts';
import { parseFrame } from './frame.ts';
import { runSession, type SessionLoop } from './session-loop.ts';
import { agentTasks, identities } from '../state.ts';
import type { TaskEngine } from '../task-engine.ts';

export interface AcsParts {
  readonly store: Store;
  readonly backend: Backend;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly engine: TaskEngine;
  readonly cluster: string;
  readonly containerInstanceArn: string;
  /** The address of the session; `sendCredentials` asks for those of all tasks. */
  readonly url: (sendCredentials: boolean) => Promise<string>;
  readonly onCredentials: (taskArn: string, credentials: RoleCredentials) => void;
  readonly onSecurityGroups: (message: SecurityGroupsMessage) => void;
  readonly onConnected: (connected: boolean) => void;
}

/** The session by which the control plane says what this instance is to run. */
export function runAcsSession(parts: AcsParts): SessionLoop {
  const { store, engine, log, cluster, containerInstanceArn } = parts;
  let hadCredentials = false;
  /** Manifests whose verification is awaited; each acknowledgement counts once. */
  const verifying = new Set<string>();
  /** Of the message of security groups that was taken last in this session. */
  let groupsSequence = 0;

  const send = (socket: Socket, type: string, message: object): void => socket.send(JSON.stringify({ type, message }));
  const ack = (socket: Socket, messageId: string): void =>
    send(socket, 'AckRequest', { cluster, containerInstance: containerInstanceArn, messageId });

  function takeCredentials(socket: Socket, messageId: string, taskArn: string, credentials: RoleCredentials): void {
    parts.onCredentials(taskArn, credentials);
    const { expiration, credentialsId } = credentials;
    send(socket, 'IAMRoleCredentialsAckRequest', { messageId, expiration, credentialsId });
  }

  async function takePayload(message: PayloadMessage, socket: Socket): Promise<void> {
    for (const task of message.tasks) {
      for (const credentials of [task.roleCredentials, task.executionRoleCredentials]) {
        if (credentials) takeCredentials(socket, message.messageId, task.arn, credentials);
      }
    }
    await engine.accept(message.tasks, message.seqNum);
    ack(socket, message.messageId);
  }

  async function takeManifest(message: TaskManifestMessage, socket: Socket): Promise<void> {
    const highest = store.view((reader) => reader.get(identities, 'agent'))?.highestSeqNum ?? 0;
    if (message.timeline <= highest) return; // an old one: what came since knows better
    // Read before the wait: a payload that comes meanwhile is newer than this manifest.
    const wanted = new Set(
      message.tasks.filter((task) => task.desiredStatus === 'RUNNING').map((task) => task.taskArn),
    );
    const candidates = store.view((reader) =>
      [...reader.find(agentTasks, 'remains', 'left')].filter(
        (task) => task.desiredStatus === 'RUNNING' && task.stoppedAt === undefined && !wanted.has(task.arn),
      ),
    );
    await engine.sawSeqNum(message.timeline);
    ack(socket, message.messageId);
    if (candidates.length === 0) return;
    verifying.add(message.messageId);
    send(socket, 'TaskStopVerificationMessage', {
      messageId: message.messageId,
      stopCandidates: candidates.map((task) => ({
        taskArn: task.arn,
        taskClusterArn: task.payload.taskClusterArn,
        desiredStatus: 'STOPPED',
      })),
    });
  }

  /** Each adds to the one before it: one that was taken already does not count again, and its acknowledgement got lost. */
  function takeSecurityGroups(message: SecurityGroupsMessage, socket: Socket): void {
    if (message.sequence === groupsSequence + 1) {
      groupsSequence = message.sequence;
      parts.onSecurityGroups(message);
    }
    if (message.sequence <= groupsSequence) ack(socket, message.messageId);
  }

  const handlers: Readonly<Record<string, (message: never, socket: Socket) => void | Promise<void>>> = {
    HeartbeatMessage: (message: { readonly messageId: string }, socket) =>
      send(socket, 'HeartbeatAckRequest', { messageId: message.messageId }),
    PayloadMessage: takePayload,
    TaskManifestMessage: takeManifest,
    async TaskStopVerificationAck(message: TaskStopVerificationAck) {
      if (!verifying.delete(message.messageId)) return;
      await engine.stopTasks(message.stopTasks.map((task) => task.taskArn));
    },
    SecurityGroupsMessage: takeSecurityGroups,
    ReadyInterfacesMessage: ({ interfaces }: ReadyInterfacesMessage) => engine.keepReady(interfaces),
    IAMRoleCredentialsMessage: (message: IamRoleCredentialsMessage, socket) =>
      takeCredentials(socket, message.messageId, message.taskArn, message.roleCredentials),
  };

  return runSession(parts, {
    name: 'acs',
    async open() {
      return parts.backend.openSocket(await parts.url(!hadCredentials));
    },
    begin() {
      hadCredentials = true;
      verifying.clear();
      groupsSequence = 0;
      parts.onConnected(true);
      return () => parts.onConnected(false);
    },
    take(text, socket) {
      const frame = parseFrame(text);
      const handle = frame && handlers[frame.type];
      if (!frame || !handle) return; // the protocol ignores what it does not know
      // The control plane is the one we authenticated to; what it sends is taken by its contract.
      Promise.resolve(handle(frame.message as never, socket)).catch((error: unknown) => {
        log.error('a message was not taken', { type: frame.type, reason: String(error) }); // unacknowledged: it is sent again
      });
    },
  });
}
