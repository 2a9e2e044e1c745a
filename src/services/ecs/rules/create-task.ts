/** A new task: its definition, its overrides and the place it was given, as the record that everything else follows. */
import type { Attribute, LaunchType, PlacementConstraint, TaskOverride } from '@aws-sdk/client-ecs';
import type { Instant } from '../../../core/instant.ts';
import type { Scope } from '../../../core/scope.ts';
import { formatArn } from '../../../core/arn.ts';
import type {
  ClusterRecord,
  Kept,
  Reservation,
  Tags,
  TaskContainer,
  TaskDefinitionRecord,
  TaskNetworkInterface,
  TaskRecord,
} from '../tables.ts';
import { managedVolumeOf, type VolumeConfigurations } from './managed-volumes.ts';
import { gpusOf, overridden } from './reservation.ts';

/** What all tasks of one request share. */
export interface TaskPlan {
  readonly scope: Scope;
  readonly cluster: Pick<ClusterRecord, 'arn' | 'name'>;
  readonly definition: TaskDefinitionRecord;
  readonly launchType: LaunchType;
  readonly platformVersion?: string;
  readonly group: string;
  readonly startedBy?: string;
  /** For a task of a service. */
  readonly serviceArn?: string;
  readonly enableExecuteCommand?: boolean;
  /** By name of the container, the digest that its image is pinned to. */
  readonly imageDigests?: ReadonlyMap<string, string>;
  readonly overrides: Kept<TaskOverride>;
  readonly placementConstraints: readonly Kept<PlacementConstraint>[];
  readonly tags: Tags;
  readonly reservation: Reservation;
  /** For network mode awsvpc; each task takes one of the subnets. */
  readonly network?: TaskNetwork;
  /** For volumes that are configured at launch. */
  readonly volumeConfigurations?: VolumeConfigurations;
}

export interface TaskNetwork {
  readonly subnets: readonly { readonly subnetId: string; readonly availabilityZone: string }[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
}

/** What placement chose for one task. */
export interface TaskPlace {
  readonly containerInstanceArn: string;
  readonly availabilityZone?: string;
  readonly cpuArchitecture?: string;
  readonly capacityProviderName?: string;
  /** For network mode awsvpc. */
  readonly subnetId?: string;
  /** GPUs of the instance that no task has, as many as the task needs or more. */
  readonly freeGpuIds?: readonly string[];
}

/** Where names and time come from: the transaction's own. */
export interface Newness {
  readonly now: Instant;
  newId(): string;
  newUuid(): string;
}

/** A task with a network interface to come starts PROVISIONING; any other waits for its agent at once. */
export function createTask(plan: TaskPlan, place: TaskPlace, env: Newness): TaskRecord {
  const { scope, cluster, definition, overrides } = plan;
  const arn = formatArn({ ...scope, service: 'ecs', resource: `task/${cluster.name}/${env.newId()}` });
  const networkInterface = networkInterfaceOf(plan, place, env);
  const { cpu = definition.definition.cpu, memory = definition.definition.memory } = overrides;
  const isFargate = plan.launchType === 'FARGATE';
  const ephemeralStorage = overrides.ephemeralStorage ?? definition.definition.ephemeralStorage;
  return {
    accountId: scope.accountId,
    region: scope.region,
    arn,
    id: arn.slice(-idDigits), // a part of the ARN's own text, which takes no room of its own
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    launchType: plan.launchType,
    ...(plan.platformVersion !== undefined && { platformVersion: plan.platformVersion, platformFamily: 'Linux' }),
    ...(place.capacityProviderName !== undefined && { capacityProviderName: place.capacityProviderName }),
    containerInstanceArn: place.containerInstanceArn,
    ...(place.availabilityZone !== undefined && { availabilityZone: place.availabilityZone }),
    group: plan.group,
    ...(plan.startedBy !== undefined && { startedBy: plan.startedBy }),
    ...(plan.serviceArn !== undefined && { serviceArn: plan.serviceArn }),
    overrides,
    enableExecuteCommand: plan.enableExecuteCommand ?? false,
    placementConstraints: plan.placementConstraints,
    tags: plan.tags,
    attributes: attributesOf(plan, place),
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(isFargate && { ephemeralStorageGiB: ephemeralStorage?.sizeInGiB ?? fargateEphemeralStorageGiB }),
    reservation: plan.reservation,
    desiredStatus: 'RUNNING',
    lastStatus: networkInterface ? 'PROVISIONING' : 'PENDING',
    containers: containersOf(plan, place.freeGpuIds ?? nothing),
    ...(networkInterface && { networkInterface }),
    ...(plan.volumeConfigurations?.length && {
      managedVolumes: plan.volumeConfigurations.map((configuration) => managedVolumeOf(configuration, env)),
    }),
    healthStatus: 'UNKNOWN',
    createdAt: env.now,
    version: 1,
  };
}

const idDigits = 32;

/** What a Fargate task has when it asks for nothing else. */
const fargateEphemeralStorageGiB = 20;

function containersOf(plan: TaskPlan, freeGpuIds: readonly string[]): readonly TaskContainer[] {
  let given = 0;
  const { definition, overrides, imageDigests } = plan;
  return (definition.definition.containerDefinitions ?? []).map((container): TaskContainer => {
    const { cpu = 0, memory, memoryReservation, resourceRequirements } = overridden(container, overrides);
    const pinnedDigest = imageDigests?.get(container.name ?? '');
    const gpuIds = freeGpuIds.slice(given, given + gpusOf(resourceRequirements));
    given += gpuIds.length;
    return {
      name: container.name ?? '',
      image: container.image ?? '',
      ...(pinnedDigest !== undefined && { pinnedDigest }),
      essential: container.essential ?? true,
      cpu: String(cpu),
      ...(memory !== undefined && { memory: String(memory) }),
      ...(memoryReservation !== undefined && { memoryReservation: String(memoryReservation) }),
      lastStatus: 'PENDING',
      healthStatus: 'UNKNOWN',
      networkBindings: nothing,
      ...(gpuIds.length > 0 && { gpuIds }),
    };
  });
}

function networkInterfaceOf(
  { network }: TaskPlan,
  { subnetId }: TaskPlace,
  env: Newness,
): TaskNetworkInterface | undefined {
  if (!network || subnetId === undefined) return undefined;
  return {
    attachmentId: env.newUuid(),
    attachmentStatus: 'PRECREATED',
    subnetId,
    securityGroupIds: network.securityGroupIds,
    assignPublicIp: network.assignPublicIp,
  };
}

/** The API names the architecture a task runs on among its attributes. Tasks share the list: there are few of them. */
function attributesOf({ definition }: TaskPlan, { cpuArchitecture }: TaskPlace): readonly Kept<Attribute>[] {
  const value = cpuArchitecture ?? definition.definition.runtimePlatform?.cpuArchitecture?.toLowerCase();
  return value === undefined ? nothing : (architectures[value] ?? [architectureAttribute(value)]);
}

function architectureAttribute(value: string): Kept<Attribute> {
  return { name: 'ecs.cpu-architecture', value };
}

const architectures: Readonly<Record<string, readonly Kept<Attribute>[]>> = {
  x86_64: [architectureAttribute('x86_64')],
  arm64: [architectureAttribute('arm64')],
};

/** Every task has some empty lists; all have this one. */
const nothing: readonly never[] = [];
