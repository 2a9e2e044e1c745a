import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import { assert } from '../../../core/assert.ts';
import { equal } from '../../../core/equal.ts';
import type { Call, Operation, Parsed } from '../../../aws/operation.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { beginDeployment } from '../deployment-start.ts';
import { invalidParameter, serviceNotActive, throwFirst } from '../errors.ts';
import { capacityOfRequest } from '../launch-capacity.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster, findService } from '../references.ts';
import { circuitBreakerThreshold } from '../rules/deployment/circuit-breaker.ts';
import { hookRefusals } from '../rules/deployment/hooks.ts';
import { deploymentConfigurationOf } from '../rules/service-defaults.ts';
import { updateServiceRefusals } from '../rules/validate/service.ts';
import { checkedSettings, checkService, checkTaskRole, keptNetwork } from '../service-request.ts';
import {
  deployments,
  type RevisionSettings,
  type ServiceRecord,
  serviceDeployments,
  services,
} from '../service-tables.ts';
import { scaleOutSource } from '../sources.ts';
import { showService } from '../service-view.ts';
import { type ClusterRecord, type TaskDefinitionRecord, taskDefinitions } from '../tables.ts';
import { runnableDefinition } from '../task-launch.ts';

/**
 * Changes a service. What its tasks are made from begins a deployment when it differs from what is there; how many they
 * are, where they stand and how they are replaced does not. What is not named stays; an empty list takes away.
 */
export const updateService: Operation<UpdateServiceRequest, UpdateServiceResponse, EcsParts> = async (
  input,
  { call, store, parts },
) =>
  await store.update((tx, env) => {
    const cluster = findCluster(tx, call, input.cluster);
    const present = findService(tx, cluster, input.service);
    if (present.status !== 'ACTIVE') throw serviceNotActive();
    throwFirst(updateServiceRefusals(input, present));
    throwFirst(hookRefusals(input.deploymentConfiguration ?? {}, parts.hooks.canCall));
    const { settings, definition, isNewDeployment } = settingsAfter(tx, call, input, { cluster, present });
    const service = serviceAfter(input, present, settings);
    const isRoleAsked = input.enableExecuteCommand !== undefined || input.taskDefinition !== undefined;
    if (isRoleAsked) checkTaskRole(service, definition, 'updated');
    checkService(service, definition, {
      deploymentConfiguration: input.deploymentConfiguration ?? {},
      isRebalancingAsked: service.availabilityZoneRebalancing === 'ENABLED' && present.deploymentController === 'ECS',
    });
    tx.put(services, service);
    if (service.desiredCount !== present.desiredCount) scale(tx, env, service, present.desiredCount);
    if (!isNewDeployment) return { service: showService(tx, service) };
    assert(settings, 'a service whose deployments ECS controls has settings');
    return { service: showService(tx, beginDeployment(tx, env, service, settings).service) };
  });

interface Change {
  readonly settings: RevisionSettings | undefined;
  /** Undefined only for an EXTERNAL service without a primary task set. */
  readonly definition: TaskDefinitionRecord | undefined;
  readonly isNewDeployment: boolean;
}

function settingsAfter(
  reader: Reader,
  call: Call,
  input: Parsed<UpdateServiceRequest>,
  { cluster, present }: { readonly cluster: ClusterRecord; readonly present: ServiceRecord },
): Change {
  const before = present.settings;
  const own = before && reader.get(taskDefinitions, before.taskDefinitionArn);
  if (!before || present.deploymentController !== 'ECS') {
    return { settings: before, definition: own, isNewDeployment: false };
  }
  const isTouched = input.forceNewDeployment === true || settingMembers.some((member) => input[member] !== undefined);
  if (!isTouched) return { settings: before, definition: own, isNewDeployment: false };
  // A deregistered definition goes on serving the services that have it, so only a newly named one must be ACTIVE.
  const definition =
    input.taskDefinition === undefined && own ? own : runnableDefinition(reader, call, input.taskDefinition ?? '');
  const settings = checkedSettings(
    reader,
    call,
    { ...capacityAfter(input, before, cluster), ...keptNetwork(input.networkConfiguration) },
    { cluster, definition, placementConstraints: input.placementConstraints ?? present.placementConstraints },
  );
  const isForced = input.forceNewDeployment === true;
  if (!isForced && !equal(capacityOf(before), capacityOf(settings))) {
    throw invalidParameter(
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    );
  }
  const isNewDeployment = isForced || !equal(deployed(before), deployed(settings));
  return { settings, definition, isNewDeployment };
}

/** Members of the request that say what tasks are made from. */
const settingMembers = [
  'taskDefinition',
  'capacityProviderStrategy',
  'networkConfiguration',
  'platformVersion',
  'serviceConnectConfiguration',
  'volumeConfigurations',
] as const satisfies readonly (keyof UpdateServiceRequest)[];

/** What begins a deployment where it differs: all but Service Connect, which can only be off. */
function deployed({ serviceConnectConfiguration: _off, ...settings }: RevisionSettings) {
  return settings;
}

function capacityOf({ launchType, capacityProviderStrategy }: RevisionSettings) {
  return { launchType, capacityProviderStrategy };
}

function capacityAfter(
  input: Parsed<UpdateServiceRequest>,
  before: RevisionSettings,
  cluster: ClusterRecord,
): RevisionSettings {
  const { platformVersion = before.platformVersion, capacityProviderStrategy: wanted } = input;
  const after: RevisionSettings = {
    ...before,
    ...(platformVersion !== undefined && { platformVersion }),
    ...(input.serviceConnectConfiguration && { serviceConnectConfiguration: input.serviceConnectConfiguration }),
    ...(input.volumeConfigurations && { volumeConfigurations: input.volumeConfigurations }),
  };
  if (wanted === undefined) return after;
  const { launchType = 'FARGATE', capacityProviderStrategy: _strategy, ...rest } = after;
  // Back to a launch type: providers are Fargate's, so that is the one a strategy was a choice of.
  if (wanted.length === 0) return { ...rest, launchType };
  return {
    ...rest,
    capacityProviderStrategy: capacityOfRequest({ capacityProviderStrategy: wanted }, cluster).strategy,
  };
}

function serviceAfter(
  input: Parsed<UpdateServiceRequest>,
  present: ServiceRecord,
  settings: RevisionSettings | undefined,
): ServiceRecord {
  return {
    ...present,
    ...(settings && { settings }),
    desiredCount: input.desiredCount ?? present.desiredCount,
    deploymentConfiguration: input.deploymentConfiguration
      ? deploymentConfigurationOf(input.deploymentConfiguration, present, present.deploymentConfiguration)
      : present.deploymentConfiguration,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? present.availabilityZoneRebalancing,
    placementConstraints: input.placementConstraints ?? present.placementConstraints,
    placementStrategy: input.placementStrategy ?? present.placementStrategy,
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? present.healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags ?? present.enableECSManagedTags,
    propagateTags: input.propagateTags ?? present.propagateTags,
    enableExecuteCommand: input.enableExecuteCommand ?? present.enableExecuteCommand,
  };
}

/** The deployment under way goes on, to the new number; how many failures it may have follows it. */
function scale(tx: Transaction, env: Env, service: ServiceRecord, before: number): void {
  scaleOutSource(tx, env, service, service.desiredCount - before);
  const shown = [...tx.find(deployments, 'service', service.arn)];
  for (const deployment of shown) {
    if (deployment.status !== 'PRIMARY') continue;
    tx.put(deployments, { ...deployment, desiredCount: service.desiredCount, updatedAt: env.now });
  }
  const underWay = [...tx.find(serviceDeployments, 'open', service.arn)];
  for (const open of underWay) {
    const { deploymentCircuitBreaker } = open.deploymentConfiguration;
    const threshold = circuitBreakerThreshold(service.desiredCount, deploymentCircuitBreaker);
    tx.put(serviceDeployments, { ...open, circuitBreaker: { ...open.circuitBreaker, threshold } });
  }
}
