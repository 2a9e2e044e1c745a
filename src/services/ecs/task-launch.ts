/**
 * What RunTask and StartTask do alike: from a request and the state, what all tasks of the request share, and one task
 * on one instance. Both run inside the transaction that writes the tasks.
 */
import type { LaunchType, PlacementConstraint, RunTaskRequest } from '@aws-sdk/client-ecs';
import type { Call, Parsed } from '../../aws/operation.ts';
import type { Scope } from '../../core/scope.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { defaultSecurityGroup, findSubnet, vpcOfSecurityGroup } from '../ec2/public.ts';
import { clientError, invalidParameter, notBuilt, throwFirst } from './errors.ts';
import { type InstanceCandidate, openPlacement, type Placement } from './placement-index.ts';
import { findTaskDefinition } from './references.ts';
import { createTask, type TaskNetwork, type TaskPlan } from './rules/create-task.ts';
import { limits } from './rules/limits.ts';
import { volumeConfigurationRefusals } from './rules/managed-volumes.ts';
import { groupKey } from './rules/placement/capacity.ts';
import { isDistinct, memberOfQueries } from './rules/placement/constraints.ts';
import type { Wanted } from './rules/placement/filters.ts';
import type { Strategy } from './rules/placement/strategies.ts';
import { reservationOf } from './rules/reservation.ts';
import { mergeTags, tagRefusals } from './rules/tags.ts';
import { overridesRefusals, sizesInUnits, taskRequestRefusals } from './rules/task-request.ts';
import { unsupportedBecause, unsupportedMember } from './rules/task-support.ts';
import {
  type ClusterRecord,
  type ContainerInstanceRecord,
  type Kept,
  type TaskDefinitionRecord,
  type Tags,
  type TaskRecord,
  tasks,
} from './tables.ts';
import { checkTaskRoles, rolesOfTask } from './task-roles.ts';

/** The members that both requests have. */
export type LaunchRequest = Pick<
  Parsed<RunTaskRequest>,
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'group'
  | 'networkConfiguration'
  | 'overrides'
  | 'propagateTags'
  | 'startedBy'
  | 'tags'
  | 'taskDefinition'
  | 'volumeConfigurations'
>;

export interface LaunchChoice {
  readonly cluster: ClusterRecord;
  readonly definition: TaskDefinitionRecord;
  readonly launchType: LaunchType;
  readonly platformVersion?: string;
  readonly placementConstraints: readonly Kept<PlacementConstraint>[];
}

/** The ACTIVE task definition that a request names. Throws ClientException. */
export function runnableDefinition(reader: Reader, call: Call, reference: string): TaskDefinitionRecord {
  const definition = findTaskDefinition(reader, call, reference);
  if (!definition) throw clientError('TaskDefinition not found.');
  if (definition.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive');
  return definition;
}

/** Throws what speaks against the request. */
export function planTasks(reader: Reader, scope: Scope, input: LaunchRequest, choice: LaunchChoice): TaskPlan {
  const { cluster, definition, launchType, placementConstraints } = choice;
  throwFirst(taskRequestRefusals(input));
  throwFirst(tagRefusals(input.tags));
  const launchTypes: readonly string[] = definition.definition.compatibilities ?? [];
  if (!launchTypes.includes(launchType)) {
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`);
  }
  if (input.enableExecuteCommand) throw notBuilt('enableExecuteCommand');
  throwFirst(volumeConfigurationRefusals(input.volumeConfigurations ?? [], definition.definition));
  const overrides = sizesInUnits(input.overrides ?? {});
  throwFirst(overridesRefusals(overrides, definition.definition, launchType));
  const unsupported = unsupportedMember(definition.definition, overrides);
  if (unsupported) {
    const because = unsupportedBecause(unsupported);
    throw clientError(`Longshore does not support running a task with ${unsupported}${because}.`);
  }
  checkTaskRoles(reader, scope, cluster.name, rolesOfTask(definition, overrides));
  const network = networkOf(reader, scope, input, choice);
  return {
    scope: { accountId: scope.accountId, region: scope.region },
    cluster,
    definition,
    launchType,
    ...(choice.platformVersion !== undefined && { platformVersion: choice.platformVersion }),
    group: input.group ?? `family:${definition.family}`,
    ...(input.startedBy !== undefined && { startedBy: input.startedBy }),
    overrides,
    placementConstraints,
    tags: tagsOf(input, choice),
    reservation: reservationOf(definition.definition, overrides),
    ...(network && { network }),
    ...(input.volumeConfigurations?.length && { volumeConfigurations: input.volumeConfigurations }),
  };
}

/** What one task of the plan asks of an instance. */
export function wantedOf(plan: TaskPlan): Wanted {
  const { definition } = plan.definition;
  const isFargate = plan.launchType === 'FARGATE';
  const cpuArchitecture = definition.runtimePlatform?.cpuArchitecture;
  return {
    reservation: plan.reservation,
    // Fargate is one platform that has all it needs: the pool's hosts are not compared with a definition's attributes.
    requiredAttributes: isFargate ? [] : (definition.requiresAttributes ?? []),
    ...(cpuArchitecture !== undefined && { cpuArchitecture }),
    // A Fargate task is in the zone of its subnet wherever the pool's host stands.
    ...(plan.network &&
      !isFargate && { availabilityZones: plan.network.subnets.map((subnet) => subnet.availabilityZone) }),
    distinctInstance: isDistinct(plan.placementConstraints),
    memberOf: isFargate
      ? []
      : memberOfQueries([...plan.placementConstraints, ...(definition.placementConstraints ?? [])]),
    groupKey: groupKey({ clusterArn: plan.cluster.arn, group: plan.group }),
  };
}

/** Decisions where the plan's tasks go, for as long as the transaction lasts; in one zone only, where one is named. */
export function placementOf(reader: Reader, plan: TaskPlan, strategies: readonly Strategy[], zone?: string): Placement {
  const { launchType, cluster, scope } = plan;
  const wanted = wantedOf(plan);
  const wantedHere = zone === undefined ? wanted : { ...wanted, availabilityZones: [zone] };
  return openPlacement(reader, { launchType, clusterArn: cluster.arn, scope }, wantedHere, strategies);
}

/** Writes one task of the plan for an instance that placement has found fit. */
export function putTask(
  tx: Transaction,
  env: Env,
  plan: TaskPlan,
  { instance, capacity }: InstanceCandidate,
  capacityProviderName: string | undefined,
): TaskRecord {
  const isFargate = plan.launchType === 'FARGATE';
  const zone = capacity.attributes.get('ecs.availability-zone');
  const subnets = plan.network?.subnets.filter((subnet) => isFargate || subnet.availabilityZone === zone) ?? [];
  const subnet = subnets[Math.floor(env.random.fraction() * subnets.length)];
  const availabilityZone = isFargate ? subnet?.availabilityZone : zone;
  const cpuArchitecture = capacity.attributes.get('ecs.cpu-architecture');
  const task = createTask(
    plan,
    {
      containerInstanceArn: instance.arn,
      ...(availabilityZone !== undefined && { availabilityZone }),
      ...(cpuArchitecture !== undefined && { cpuArchitecture }),
      ...(capacityProviderName !== undefined && { capacityProviderName }),
      ...(subnet && { subnetId: subnet.subnetId }),
      ...(plan.reservation.gpus > 0 && { freeGpuIds: freeGpus(tx, instance) }),
    },
    env,
  );
  tx.put(tasks, task);
  return task;
}

/** GPUs of an instance that none of its tasks has. */
function freeGpus(reader: Reader, { arn, registeredResources }: ContainerInstanceRecord): readonly string[] {
  const all = registeredResources.find(({ name }) => name === 'GPU')?.stringSetValue ?? [];
  const taken = new Set<string>();
  for (const task of reader.find(tasks, 'occupying', arn)) {
    for (const { gpuIds = [] } of task.containers) for (const id of gpuIds) taken.add(id);
  }
  return all.filter((id) => !taken.has(id));
}

/** A tag of the request wins over one of the definition with the same key; the tags that AWS manages come on top. */
function tagsOf(input: LaunchRequest, { cluster, definition }: LaunchChoice): Tags {
  const propagated = input.propagateTags === 'TASK_DEFINITION' ? definition.tags : [];
  const managed = input.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster.name }] : [];
  return mergeTags(mergeTags(propagated, input.tags ?? []), managed);
}

/** Network mode awsvpc must have a network configuration and no other may. */
function networkOf(
  reader: Reader,
  scope: Scope,
  input: LaunchRequest,
  { definition, launchType }: LaunchChoice,
): TaskNetwork | undefined {
  const configuration = input.networkConfiguration?.awsvpcConfiguration;
  if (definition.definition.networkMode !== 'awsvpc') {
    if (!configuration) return undefined;
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (!configuration) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const subnetIds = [...new Set(configuration.subnets)];
  if (subnetIds.length === 0) throw invalidParameter('subnets can not be empty.');
  if (subnetIds.length > limits.subnetsPerTask) {
    throw invalidParameter(`subnets can have at most ${limits.subnetsPerTask} items.`);
  }
  const assignPublicIp = configuration.assignPublicIp === 'ENABLED';
  if (assignPublicIp && launchType !== 'FARGATE') {
    throw invalidParameter('Assign public IP is not supported for this launch type.');
  }
  const subnets = subnetIds.map((subnetId) => {
    const subnet = findSubnet(reader, scope, subnetId);
    if (subnet) return subnet;
    throw invalidParameter(
      `Error retrieving subnet information for [${subnetId}]: The subnet ID '${subnetId}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  });
  const [first] = subnets;
  const vpcId = first?.vpcId ?? '';
  if (subnets.some((subnet) => subnet.vpcId !== vpcId)) throw invalidParameter('subnets must be in the same VPC.');
  return {
    subnets: subnets.map(({ subnetId, availabilityZone }) => ({ subnetId, availabilityZone })),
    securityGroupIds: securityGroupsOf(reader, scope, configuration.securityGroups ?? [], vpcId),
    assignPublicIp,
  };
}

/** The groups of the request, all of the subnets' VPC, or its default group. */
function securityGroupsOf(reader: Reader, scope: Scope, wanted: readonly string[], vpcId: string): readonly string[] {
  const groupIds = [...new Set(wanted)];
  if (groupIds.length > limits.securityGroupsPerTask) {
    throw invalidParameter(`securityGroups can have at most ${limits.securityGroupsPerTask} items.`);
  }
  for (const groupId of groupIds) {
    const groupVpcId = vpcOfSecurityGroup(reader, scope, groupId);
    if (groupVpcId === undefined) {
      throw invalidParameter(
        `Error retrieving security group information for [${groupId}]: The security group '${groupId}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
      );
    }
    if (groupVpcId !== vpcId) {
      throw invalidParameter(`Security group ${groupId} does not belong to the VPC of the subnets, ${vpcId}.`);
    }
  }
  if (groupIds.length > 0) return groupIds;
  const byDefault = defaultSecurityGroup(reader, vpcId);
  return byDefault === undefined ? [] : [byDefault];
}
