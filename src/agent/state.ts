import type { Instant } from '../core/instant.ts';
import { table } from '../store/table.ts';
import type { DesiredStatus, HealthStatus, PayloadTask } from './contract.ts';
import type { HostRanges } from './host-ports.ts';
import type { ShippedOutput } from './logs/shipped-output.ts';
import type { Sandbox } from './sandboxes/sandbox.ts';

/** Who this agent is. One record. */
export interface AgentIdentity {
  readonly id: 'agent';
  /** Made at first start; the label by which its containers are known from those of other agents on the engine. */
  readonly agentId: string;
  readonly containerInstanceArn?: string;
  /** The highest sequence number of a payload or a manifest taken. */
  readonly highestSeqNum: number;
  /** Where its containers reach the control plane, at the task endpoint's address. */
  readonly endpointPort?: number;
}

/** One task this agent was told to run: what is wanted, what is there, and what the control plane was told of it. */
export interface TaskRecord {
  readonly arn: string;
  /** Without credentials: the control plane sends them again after every start, so no secret is kept. */
  readonly payload: PayloadTask;
  /** Where the credentials of its roles are found (task-credentials.ts). */
  readonly credentialsIds?: { readonly task?: string; readonly execution?: string };
  readonly desiredStatus: DesiredStatus;
  readonly acceptedAt: Instant;
  /** By container name; an awsvpc task has its pause container among them. */
  readonly containers: Readonly<Record<string, ContainerRecord>>;
  /** What the task needs beside containers, by name (`@cgroup`, `@network`, `@volume <name>`): true once it is there. */
  readonly resources: Readonly<Record<string, boolean>>;
  /** Docker's names of the task's own volumes, by volume name. */
  readonly volumes: Readonly<Record<string, string>>;
  /**
   * Where the output of its awslogs containers goes, by container name, once the stream is there. As with any log driver
   * that holds for the container's life, also where an option was a secret and that has changed since.
   */
  readonly outputs?: Readonly<Record<string, ShippedOutput>>;
  /** Why the task as a whole cannot run: `<ErrorName>: <message>`. */
  readonly failure?: string;
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
  /** When the first essential container ended. */
  readonly executionStoppedAt?: Instant;
  readonly ranAt?: Instant;
  readonly stoppedAt?: Instant;
  readonly told: Told;
  /** Nothing of the task is left on the engine; the record stays so that a late payload does not run it again. */
  readonly cleanedAt?: Instant;
}

/** What the control plane has acknowledged. What it has to be told is what differs from the rest of the record. */
export interface Told {
  readonly status: 'NONE' | 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly attached: boolean;
  /** By container name, the substance of what was last told. */
  readonly containers: Readonly<Record<string, string>>;
}

export interface ContainerRecord {
  readonly name: string;
  /** Its name on the engine. */
  readonly dockerName: string;
  readonly hasImage: boolean;
  readonly imageDigest?: string;
  readonly id?: string;
  readonly phase: ContainerPhase;
  /** When it last started. */
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  readonly exitCode?: number;
  readonly restarts: number;
  /** It could not be started (again); no restart policy tries further. */
  readonly startFailed?: boolean;
  /** `<ErrorName>: <message>`, the reason AWS shows. */
  readonly error?: string;
  /** A failed stop is tried again after this. */
  readonly retryStopAt?: Instant;
  readonly bindings: readonly PortBinding[];
  readonly hostRanges?: HostRanges;
  readonly address?: string;
  /** Whose network it joins instead of having one of its own, from the moment the task was accepted. */
  readonly sandbox?: HeldSandbox;
  readonly health?: { readonly status: HealthStatus; readonly since: Instant };
}

/** A sandbox that was given to a container. `isLost`: it ended while the container ran, which has no network since. */
export interface HeldSandbox extends Sandbox {
  readonly isLost?: true;
}

/** As the engine was last seen; `gone` is removed, by us or behind our back. */
export type ContainerPhase = 'none' | 'created' | 'running' | 'exited' | 'gone';

export interface PortBinding {
  readonly bindIP: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol: 'tcp' | 'udp';
  /** `<first>-<last>`, in place of the single ports. */
  readonly containerPortRange?: string;
  readonly hostPortRange?: string;
}

/** The stock agent's name of the container that holds an awsvpc task's network. */
export const pauseName = '~internal~ecs~pause';

export const identities = table<AgentIdentity>()({
  name: 'agent.identity',
  key: (record) => record.id,
  indexes: {},
});

export const agentTasks = table<TaskRecord>()({
  name: 'agent.tasks',
  key: (record) => record.arn,
  indexes: {
    /** `left`: something of it may be on the engine; `cleaned`: only remembered. */
    remains: (record) => (record.cleanedAt === undefined ? 'left' : 'cleaned'),
    /** Tasks of which the control plane has not yet acknowledged the end. */
    untold: (record) => (record.told.status === 'STOPPED' ? undefined : 'untold'),
  },
  stored: { pack: (record) => record, text: textOfTask, reader: () => (_key, stored) => stored },
});

/** The payload is most of it and never changes, while what happens to the task is written a dozen times. */
function textOfTask({ payload, ...rest }: TaskRecord): string {
  let text = payloadTexts.get(payload);
  if (text === undefined) payloadTexts.set(payload, (text = JSON.stringify(payload)));
  return `{"payload":${text},${JSON.stringify(rest).slice(1)}`;
}

const payloadTexts = new WeakMap<PayloadTask, string>();

/** The last part of the task's ARN. */
export function taskIdOf(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1);
}
