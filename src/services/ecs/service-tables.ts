/**
 * The records of ECS services: what a service wants, the immutable revisions it has had, and the deployments that bring
 * its tasks from one to the next. A task belongs to a service by `serviceArn` and to one deployment or task set by
 * `startedBy` (ecs-svc/<19 digits>), as in AWS.
 */
import type {
  CapacityProviderStrategyItem,
  ContainerImage,
  DeploymentConfiguration,
  DeploymentLifecycleHookStage,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  PropagateTags,
  Scale,
  ServiceConnectConfiguration,
  ServiceDeploymentLifecycleStage,
  ServiceDeploymentStatus,
  ServiceRegistry,
  ServiceVolumeConfiguration,
} from '@aws-sdk/client-ecs';
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';
import type { Kept, Tags } from './tables.ts';

/** What a service revision fixes; also what an update starts a new deployment for. */
export interface RevisionSettings {
  readonly taskDefinitionArn: string;
  /** One of the two; a strategy may be of FARGATE and FARGATE_SPOT. */
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly Kept<CapacityProviderStrategyItem>[];
  readonly platformVersion?: string;
  readonly networkConfiguration?: Kept<NetworkConfiguration>;
  readonly loadBalancers: readonly Kept<LoadBalancer>[];
  readonly serviceRegistries: readonly Kept<ServiceRegistry>[];
  readonly serviceConnectConfiguration?: Kept<ServiceConnectConfiguration>;
  readonly volumeConfigurations: readonly Kept<ServiceVolumeConfiguration>[];
}

export interface ServiceRecord extends Scope {
  readonly arn: string;
  readonly name: string;
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly schedulingStrategy: 'REPLICA' | 'DAEMON';
  readonly deploymentController: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  /** For DAEMON what the reconciler last computed. */
  readonly desiredCount: number;
  /** What the next deployment takes, and DescribeServices shows; absent for EXTERNAL without a primary task set. */
  readonly settings?: RevisionSettings;
  readonly deploymentConfiguration: Kept<DeploymentConfiguration>;
  readonly availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  readonly placementConstraints: readonly Kept<PlacementConstraint>[];
  readonly placementStrategy: readonly Kept<PlacementStrategy>[];
  readonly healthCheckGracePeriodSeconds: number;
  readonly enableECSManagedTags: boolean;
  readonly propagateTags: PropagateTags;
  readonly enableExecuteCommand: boolean;
  readonly roleArn?: string;
  readonly tags: Tags;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly inactiveAt?: Instant;
  readonly clientToken?: string;
  /** The revision of the last deployment that completed: what a roll-back goes to. */
  readonly steadyRevisionArn?: string;
  /** Whether the last word to the user was that the service is steady: the event is not repeated while it stays so. */
  readonly isSteady: boolean;
  /** Back-off of launches that keep failing: none before `launchesAfter`; both reset by a new deployment. */
  readonly failedLaunches: number;
  readonly launchesAfter?: Instant;
  /** When the user was last told that it is steady: told again after six hours. */
  readonly steadyAt?: Instant;
  /** Tasks were started for the balance of its zones; when they are healthy others stop for them. */
  readonly isRebalancing?: true;
  /** Tasks of it found no place: it is looked at again when room may have come. */
  readonly isUnplaced?: true;
}

export const services = table<ServiceRecord>()({
  name: 'ecs.services',
  key: (service) => service.arn,
  indexes: {
    /** Services that listings show. */
    listed: (service) => (service.status === 'ACTIVE' ? service.clusterArn : undefined),
    /** Services that may still have tasks. */
    live: (service) => (service.status === 'INACTIVE' ? undefined : service.clusterArn),
    /** Services that want a task on every instance of their cluster. */
    daemons: (service) =>
      service.schedulingStrategy === 'DAEMON' && service.status === 'ACTIVE' ? service.clusterArn : undefined,
    /** Services with tasks that found no place. */
    unplaced: (service) => (service.isUnplaced && service.status === 'ACTIVE' ? scopeKey(service) : undefined),
  },
});

/** Never changes, except that digests of images become known (`containerImages`). */
export interface ServiceRevisionRecord extends Scope {
  readonly arn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly settings: RevisionSettings;
  /** Image and, once a task has reported it, its digest: later tasks of the revision run exactly that. */
  readonly containerImages: readonly Kept<ContainerImage>[];
  readonly createdAt: Instant;
}

export const serviceRevisions = table<ServiceRevisionRecord>()({
  name: 'ecs.service-revisions',
  key: (revision) => revision.arn,
  indexes: {
    service: (revision) => revision.serviceArn,
    taskDefinition: (revision) => revision.settings.taskDefinitionArn,
  },
});

/**
 * One entry of DescribeServices' `deployments` (controller ECS): the tasks of one revision. PRIMARY is where the service
 * goes, ACTIVE what it leaves, INACTIVE what has no tasks any more and is shown no more.
 */
export interface DeploymentRecord extends Scope {
  /** ecs-svc/<19 digits>; tasks carry it as startedBy. */
  readonly id: string;
  readonly serviceArn: string;
  readonly revisionArn: string;
  readonly serviceDeploymentArn: string;
  readonly status: 'PRIMARY' | 'ACTIVE' | 'INACTIVE';
  readonly rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  readonly rolloutStateReason: string;
  /** How many tasks it is to have; of a DAEMON, one for each matching instance. */
  readonly desiredCount: number;
  /** What DescribeServices calls failedTasks: consecutive, reset when one runs. */
  readonly failedTasks: number;
  readonly lastFailureAt?: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export const deployments = table<DeploymentRecord>()({
  name: 'ecs.deployments',
  key: (deployment) => deployment.id,
  indexes: {
    /** Those shown: PRIMARY and ACTIVE. */
    service: (deployment) => (deployment.status === 'INACTIVE' ? undefined : deployment.serviceArn),
    serviceDeployment: (deployment) => deployment.serviceDeploymentArn,
  },
});

/** The history of one change of a service, from its revision to the next: what DescribeServiceDeployments shows. */
export interface ServiceDeploymentRecord extends Scope {
  readonly arn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly status: ServiceDeploymentStatus;
  readonly statusReason?: string;
  readonly sourceRevisionArns: readonly string[];
  readonly targetRevisionArn: string;
  /** ecs-svc/… of the deployment that carries the target's tasks. */
  readonly deploymentId: string;
  /** As it was when the deployment began: a later update of the service does not change the rules of this one. */
  readonly deploymentConfiguration: Kept<DeploymentConfiguration>;
  readonly circuitBreaker: {
    readonly status: 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED';
    readonly failureCount: number;
    readonly threshold: number;
    /** Whether any task of the target has reached RUNNING: then only failed health checks count. */
    readonly hasRun: boolean;
  };
  readonly alarms: {
    readonly status: 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED';
    readonly alarmNames: readonly string[];
    readonly triggeredAlarmNames: readonly string[];
  };
  readonly rollback?: { readonly reason: string; readonly startedAt: Instant; readonly serviceRevisionArn: string };
  /** Rolling, with alarms: when all its tasks had come, from which on its alarms are watched a last time. */
  readonly bakeStartedAt?: Instant;
  /** For BLUE_GREEN, LINEAR and CANARY; see rules/deployment/stages.ts. */
  readonly stages?: StageState;
  /** Tasks by the ARN of their revision, as they were when it ended. */
  readonly finalCounts?: Readonly<Record<string, ShownCounts>>;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  readonly stoppedAt?: Instant;
  readonly updatedAt: Instant;
}

/** How many tasks of a revision, deployment or service there are and are to be. */
export interface ShownCounts {
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
}

/** Where a blue/green, linear or canary deployment stands. */
export interface StageState {
  readonly stage: ServiceDeploymentLifecycleStage;
  readonly stageStartedAt: Instant;
  /** Percent of production and test traffic that the target gets. */
  readonly productionWeight: number;
  readonly testWeight: number;
  /** Steps of production traffic taken (BLUE_GREEN has one), and when the last was. */
  readonly step: number;
  readonly stepStartedAt?: Instant;
  /** When the traffic of that step was seen shifted and its hooks had ended: its bake time counts from then. */
  readonly stepShiftedAt?: Instant;
  readonly hooks: readonly HookState[];
  /** Traffic is going back to the source. */
  readonly isRollingBack: boolean;
}

/** One run of one hook. A hook that stands at several stages, steps or directions runs once for each. */
export interface HookState {
  readonly hookId: string;
  readonly stage: DeploymentLifecycleHookStage;
  /** Its place in the configuration's lifecycleHooks. */
  readonly index: number;
  /** The step of production traffic it runs for, 0 before the first and outside of the shift. */
  readonly step: number;
  readonly isRollingBack: boolean;
  readonly targetType: 'AWS_LAMBDA' | 'PAUSE';
  readonly targetArn?: string;
  readonly status: 'IN_PROGRESS' | 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly startedAt: Instant;
  readonly expiresAt: Instant;
  readonly timeoutAction: 'ROLLBACK' | 'CONTINUE';
  readonly endedAt?: Instant;
  /** Of a hook that calls out: when to call next, and the details it gave back, which the next call carries. */
  readonly callAt?: Instant;
  readonly details?: Readonly<Record<string, unknown>>;
}

export const serviceDeployments = table<ServiceDeploymentRecord>()({
  name: 'ecs.service-deployments',
  key: (deployment) => deployment.arn,
  indexes: {
    service: (deployment) => deployment.serviceArn,
    /** Those still under way. */
    open: (deployment) => (deployment.finishedAt === undefined ? deployment.serviceArn : undefined),
  },
});

/** A task set of a service whose deployments somebody else controls (CODE_DEPLOY, EXTERNAL). */
export interface TaskSetRecord extends Scope {
  readonly arn: string;
  /** ecs-svc/<19 digits>. */
  readonly id: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  readonly externalId?: string;
  readonly startedBy?: string;
  readonly settings: RevisionSettings;
  readonly scale: Kept<Scale>;
  readonly stabilityStatus: 'STEADY_STATE' | 'STABILIZING';
  readonly stabilityStatusAt: Instant;
  readonly tags: Tags;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly clientToken?: string;
}

export const taskSets = table<TaskSetRecord>()({
  name: 'ecs.task-sets',
  key: (taskSet) => taskSet.arn,
  indexes: {
    service: (taskSet) => taskSet.serviceArn,
    taskDefinition: (taskSet) => taskSet.settings.taskDefinitionArn,
  },
});

/** One event of a service, in AWS's words. The 100 newest of a service are kept. */
export interface ServiceEventRecord {
  readonly serviceArn: string;
  readonly id: string;
  /** Counts the events of the service from 1: their order, and what is dropped first. */
  readonly ordinal: number;
  readonly createdAt: Instant;
  readonly message: string;
}

/** Sorts the events of a service by their ordinal. */
export function serviceEventKey({ serviceArn, ordinal }: Pick<ServiceEventRecord, 'serviceArn' | 'ordinal'>): string {
  return `${serviceArn}/${String(ordinal).padStart(12, '0')}`;
}

export const serviceEvents = table<ServiceEventRecord>()({
  name: 'ecs.service-events',
  key: serviceEventKey,
  indexes: { service: (event) => event.serviceArn },
});

/**
 * How the traffic of a service is spread at this moment, written by what carries it (see traffic.ts). A service that
 * nothing carries traffic to has no record.
 */
export interface TrafficReportRecord {
  readonly serviceArn: string;
  /** Percent by ARN of the service revision; revisions that are not named get none. */
  readonly production: Readonly<Record<string, number>>;
  readonly test: Readonly<Record<string, number>>;
}

export const trafficReports = table<TrafficReportRecord>()({
  name: 'ecs.traffic-reports',
  key: (report) => report.serviceArn,
  indexes: {},
});
