/**
 * The records of ECS, their keys and indexes; private to this folder. Desired and observed are separate members with
 * one writer each: operations and reconcilers write what should be, the agents' reports what is.
 */
import type {
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
  Attribute,
  CapacityProviderStrategyItem,
  LaunchType,
  PlacementConstraint,
  Resource,
  SettingName,
  Tag,
  TaskDefinition,
  TaskOverride,
  TaskStopCode,
  VersionInfo,
} from '@aws-sdk/client-ecs';
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';
import { storedTask } from './stored-task.ts';

/** A record as the state keeps it: plain JSON, read-only to its leaves, instants for dates, required members there. */
export type Kept<T> = T extends Date
  ? Instant
  : T extends string | number | boolean | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Kept<Item>[]
      : T extends object
        ? {
            readonly [Name in keyof T]: object extends Pick<T, Name>
              ? Kept<T[Name]>
              : Kept<Exclude<T[Name], undefined>>;
          }
        : T;

export type Tags = readonly Kept<Tag>[];

export interface ClusterRecord extends Scope {
  readonly arn: string;
  readonly name: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly settings: readonly Kept<ClusterSetting>[];
  readonly configuration?: Kept<ClusterConfiguration>;
  readonly capacityProviders: readonly string[];
  readonly defaultCapacityProviderStrategy: readonly Kept<CapacityProviderStrategyItem>[];
  readonly serviceConnectDefaults?: Kept<ClusterServiceConnectDefaults>;
  readonly tags: Tags;
  readonly createdAt: Instant;
  /** When it became INACTIVE. */
  readonly deletedAt?: Instant;
}

export const clusters = table<ClusterRecord>()({
  name: 'ecs.clusters',
  key: (cluster) => cluster.arn,
  indexes: {
    /** Clusters that listings show. */
    active: (cluster) => (cluster.status === 'ACTIVE' ? scopeKey(cluster) : undefined),
  },
});

export interface TaskDefinitionRecord extends Scope {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  /** As DescribeTaskDefinition shows it (defaults filled in), without status and times, which are below. */
  readonly definition: Kept<Omit<TaskDefinition, 'status' | 'registeredAt' | 'deregisteredAt' | 'deleteRequestedAt'>>;
  readonly tags: Tags;
  readonly registeredAt: Instant;
  readonly deregisteredAt?: Instant;
  readonly deleteRequestedAt?: Instant;
}

export const taskDefinitions = table<TaskDefinitionRecord>()({
  name: 'ecs.task-definitions',
  key: (record) => record.arn,
  indexes: {
    family: (record) => `${scopeKey(record)}/${record.family}`,
    status: (record) => `${scopeKey(record)}/${record.status}`,
    /** For the one that removes deleted definitions once nothing uses them. */
    deleting: (record) => (record.status === 'DELETE_IN_PROGRESS' ? 'deleting' : undefined),
  },
});

/** The last revision ever given in a family: it survives deregistration and deletion. */
export interface FamilyRecord extends Scope {
  readonly family: string;
  readonly latestRevision: number;
}

export const families = table<FamilyRecord>()({
  name: 'ecs.families',
  key: (record) => `${scopeKey(record)}/${record.family}`,
  indexes: { scope: scopeKey },
});

export type InstanceStatus = 'ACTIVE' | 'DRAINING' | 'DEREGISTERING' | 'INACTIVE';

export interface ContainerInstanceRecord extends Scope {
  readonly arn: string;
  readonly id: string;
  /** The cluster it is registered in; for the Fargate pool a cluster ARN that no ClusterRecord has. */
  readonly clusterArn: string;
  /** FARGATE instances serve every cluster of the scope and are shown by no operation. */
  readonly capacity: 'EC2' | 'EXTERNAL' | 'FARGATE';
  readonly ec2InstanceId: string;
  readonly status: InstanceStatus;
  /** Whether an ACS session is open; transitions only, heartbeats stay in memory. */
  readonly agentConnected: boolean;
  readonly agentConnectedChangedAt: Instant;
  readonly versionInfo: Kept<VersionInfo>;
  readonly registeredResources: readonly Kept<Resource>[];
  readonly attributes: readonly Kept<Attribute>[];
  readonly tags: Tags;
  readonly registeredAt: Instant;
  readonly deregisteredAt?: Instant;
  /** Counts what DescribeContainerInstances calls version. */
  readonly version: number;
  /** Sequence numbers for its agent are taken from below this; raised in blocks, so that none is ever used twice. */
  readonly reservedSequence: number;
  /** The token of its last registration: a repeated registration with it gives the same instance. */
  readonly clientToken?: string;
  /** ARN of the principal that registered it: only that principal may open its sessions. */
  readonly registeredBy: string;
  /** How many network interfaces its agent wants to know before there are tasks for them; only our own asks for any. */
  readonly readyInterfaces?: number;
}

export const containerInstances = table<ContainerInstanceRecord>()({
  name: 'ecs.container-instances',
  key: (record) => record.arn,
  indexes: {
    cluster: (record) => (record.status === 'INACTIVE' ? undefined : record.clusterArn),
    fargatePool: (record) =>
      record.capacity === 'FARGATE' && record.status === 'ACTIVE' ? scopeKey(record) : undefined,
    clientToken: (record) => record.clientToken,
  },
});

/** In which subnets an instance that wants ready interfaces had tasks lately. */
export interface SubnetUseRecord {
  readonly containerInstanceArn: string;
  readonly subnetId: string;
  readonly usedAt: Instant;
}

export const subnetUses = table<SubnetUseRecord>()({
  name: 'ecs.subnet-uses',
  key: (use) => `${use.containerInstanceArn} ${use.subnetId}`,
  indexes: { instance: (use) => use.containerInstanceArn },
});

/** Container states the API knows, in order. */
export type ContainerStatus = 'PENDING' | 'RUNNING' | 'STOPPED';

/** Task states in order; a task skips states and never goes back. */
export const taskStatuses = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export interface TaskRecord extends Scope {
  readonly arn: string;
  readonly id: string;
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly launchType: LaunchType;
  readonly platformVersion?: string;
  readonly platformFamily?: string;
  readonly capacityProviderName?: string;
  readonly containerInstanceArn?: string;
  readonly availabilityZone?: string;
  readonly group: string;
  readonly startedBy?: string;
  /** The service it was started for; its deployment or task set is `startedBy`. */
  readonly serviceArn?: string;
  /** It ended before it ran, and its deployment has counted that. */
  readonly isFailureCounted?: true;
  /** Scale-in and deployments leave it alone until then. */
  readonly protectedUntil?: Instant;
  readonly overrides: Kept<TaskOverride>;
  readonly enableExecuteCommand: boolean;
  readonly placementConstraints: readonly Kept<PlacementConstraint>[];
  readonly tags: Tags;
  readonly attributes: readonly Kept<Attribute>[];
  /** As the API shows them: CPU units and MiB in text, where the task has them. */
  readonly cpu?: string;
  readonly memory?: string;
  readonly ephemeralStorageGiB?: number;
  /** What it occupies on its instance while it is not STOPPED. */
  readonly reservation: Reservation;

  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly lastStatus: TaskStatus;
  readonly containers: readonly TaskContainer[];
  readonly networkInterface?: TaskNetworkInterface;
  /** Amazon EBS volumes that it was given at launch. */
  readonly managedVolumes?: readonly TaskManagedVolume[];
  readonly healthStatus: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
  /** When the health of one of its containers last became another. */
  readonly healthStatusAt?: Instant;
  readonly connectivity?: 'CONNECTED' | 'DISCONNECTED';
  readonly connectivityAt?: Instant;
  readonly stopCode?: TaskStopCode;
  readonly stoppedReason?: string;
  readonly createdAt: Instant;
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
  readonly startedAt?: Instant;
  readonly stoppingAt?: Instant;
  readonly executionStoppedAt?: Instant;
  readonly stoppedAt?: Instant;
  /** Starts at 1, one more at each change that EventBridge would tell. */
  readonly version: number;
}

export interface Reservation {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  readonly networkInterfaces: number;
  readonly gpus: number;
}

export interface TaskContainer {
  /** Only of tasks that were made before the journal's format 2; `containerArnOf` gives the ARN of any. */
  readonly arn?: string;
  readonly name: string;
  readonly image: string;
  /** What its service revision has pinned the image to: it runs exactly that. */
  readonly pinnedDigest?: string;
  readonly essential: boolean;
  readonly cpu: string;
  readonly memory?: string;
  readonly memoryReservation?: string;
  readonly lastStatus: ContainerStatus;
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly healthStatus: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
  readonly networkBindings: readonly NetworkBindingRecord[];
  /** Those of its instance that it was given. */
  readonly gpuIds?: readonly string[];
}

export interface NetworkBindingRecord {
  readonly bindIP: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol: 'tcp' | 'udp';
  readonly containerPortRange?: string;
  readonly hostPortRange?: string;
}

export interface TaskManagedVolume {
  /** The volume's name in the task definition. */
  readonly name: string;
  readonly attachmentId: string;
  readonly attachmentStatus: 'ATTACHING' | 'ATTACHED' | 'DETACHED' | 'DELETED';
  readonly volumeId: string;
  readonly roleArn: string;
  readonly sizeGiB: number;
  readonly volumeType: string;
  readonly filesystemType?: string;
  readonly deleteOnTermination: boolean;
}

export interface TaskNetworkInterface {
  readonly attachmentId: string;
  /** Shown in DescribeTasks attachments. */
  readonly attachmentStatus: 'PRECREATED' | 'ATTACHING' | 'ATTACHED' | 'DETACHING' | 'DELETED';
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  /** Known once the interface exists in EC2. */
  readonly networkInterfaceId?: string;
  readonly macAddress?: string;
  readonly privateIpv4Address?: string;
  readonly privateDnsName?: string;
}

export const tasks = table<TaskRecord>()({
  name: 'ecs.tasks',
  key: (task) => task.arn,
  stored: storedTask,
  indexes: {
    launchType: (task) => `${task.clusterArn}/${task.desiredStatus}/${task.launchType}`,
    family: (task) => `${task.clusterArn}/${task.desiredStatus}/${task.family}`,
    startedBy: (task) => (task.startedBy ? `${task.clusterArn}/${task.desiredStatus}/${task.startedBy}` : undefined),
    /** Tasks of a service that are not STOPPED. */
    service: (task) => (task.lastStatus === 'STOPPED' ? undefined : task.serviceArn),
    /** Tasks of a service that failed to start, which nobody asked to stop, until their deployment has counted them. */
    failedLaunch: (task) =>
      task.lastStatus === 'STOPPED' &&
      task.startedAt === undefined &&
      !task.isFailureCounted &&
      (task.stopCode === 'TaskFailedToStart' || task.stopCode === 'EssentialContainerExited')
        ? task.serviceArn
        : undefined,
    /** Tasks of services, STOPPED or not: what the group of any other task says is found by its family. */
    group: (task) => (task.serviceArn === undefined ? undefined : `${task.clusterArn}/${task.group}`),
    /** Tasks that are to stop or have, by their instance. */
    leaving: (task) => (task.desiredStatus === 'STOPPED' ? task.containerInstanceArn : undefined),
    /** Tasks that still occupy their instance. */
    occupying: (task) => (task.lastStatus === 'STOPPED' ? undefined : task.containerInstanceArn),
    /** Tasks whose next step may be the control plane's own; those whose instance is lost are found by that. */
    ownStep: (task) => (mayHaveOwnStep(task) ? 'due' : undefined),
    /** Active tasks of a cluster, whatever is desired of them. */
    active: (task) => (task.lastStatus === 'STOPPED' ? undefined : task.clusterArn),
  },
});

function mayHaveOwnStep(task: TaskRecord): boolean {
  switch (task.lastStatus) {
    case 'STOPPED':
      return false;
    case 'PROVISIONING':
    case 'DEPROVISIONING':
      return true;
    case 'PENDING':
    case 'ACTIVATING':
    case 'RUNNING':
    case 'DEACTIVATING':
    case 'STOPPING':
      return task.desiredStatus === 'STOPPED' || task.containerInstanceArn === undefined;
  }
}

/** What a client token has been used for: the same request again gets the same tasks. */
export interface ClientTokenRecord extends Scope {
  readonly operation: string;
  readonly clientToken: string;
  /** SHA-256 of the request without the token. */
  readonly requestDigest: string;
  readonly taskArns: readonly string[];
  readonly usedAt: Instant;
}

export const clientTokens = table<ClientTokenRecord>()({
  name: 'ecs.client-tokens',
  key: (record) => `${scopeKey(record)}/${record.operation}/${record.clientToken}`,
  indexes: {},
});

/** What a principal set for itself; what the root user set is the account's default. */
export interface AccountSettingRecord extends Scope {
  readonly principalArn: string;
  readonly name: SettingName;
  readonly value: string;
}

export const accountSettings = table<AccountSettingRecord>()({
  name: 'ecs.account-settings',
  key: (record) => `${scopeKey(record)}/${record.principalArn}/${record.name}`,
  indexes: {},
});
