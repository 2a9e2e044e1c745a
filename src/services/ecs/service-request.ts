/** What CreateService and UpdateService check against the state, alike with RunTask. */
import type { NetworkConfiguration, PlacementConstraint } from '@aws-sdk/client-ecs';
import type { Parsed } from '../../aws/operation.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { invalidParameter, throwFirst } from './errors.ts';
import { platformVersionOf } from './launch-capacity.ts';
import { strategyWithDefaults } from './rules/capacity-provider-strategy.ts';
import { parseStrategies } from './rules/placement/parse-strategies.ts';
import { capacityKindOf } from './rules/service-capacity.ts';
import { rebalancingObstacle } from './rules/service-defaults.ts';
import { placementRefusals } from './rules/task-request.ts';
import { deploymentConfigurationRefusals } from './rules/validate/deployment-configuration.ts';
import { placementOfServiceRefusals } from './rules/validate/service.ts';
import type { RevisionSettings, ServiceRecord } from './service-tables.ts';
import type { ClusterRecord, Kept, TaskDefinitionRecord } from './tables.ts';
import { planTasks } from './task-launch.ts';

/** `settings` as the state keeps them; throws what RunTask would say to a task of them. */
export function checkedSettings(
  reader: Reader,
  scope: Scope,
  settings: RevisionSettings,
  facts: {
    readonly cluster: ClusterRecord;
    readonly definition: TaskDefinitionRecord;
    readonly placementConstraints: readonly Kept<PlacementConstraint>[];
  },
): RevisionSettings {
  const { cluster, definition, placementConstraints } = facts;
  const {
    capacityProviderStrategy: strategy = [],
    platformVersion,
    networkConfiguration,
    volumeConfigurations,
  } = settings;
  const launchType = strategy.length > 0 ? 'FARGATE' : (settings.launchType ?? 'EC2');
  const resolved = platformVersionOf(platformVersion, launchType);
  planTasks(
    reader,
    scope,
    { taskDefinition: definition.arn, ...(networkConfiguration && { networkConfiguration }), volumeConfigurations },
    {
      cluster,
      definition,
      launchType,
      placementConstraints,
      ...(resolved !== undefined && { platformVersion: resolved }),
    },
  );
  const { launchType: _launchType, capacityProviderStrategy: _strategy, platformVersion: _version, ...rest } = settings;
  return {
    ...rest,
    taskDefinitionArn: definition.arn,
    ...(strategy.length > 0 ? { capacityProviderStrategy: strategyWithDefaults(strategy) } : { launchType }),
    ...(launchType === 'FARGATE' && { platformVersion: platformVersion ?? 'LATEST' }),
  };
}

/** Throws where tasks are to take commands and have no role that could let them: AWS asks for one, whatever it allows. */
export function checkTaskRole(
  { enableExecuteCommand }: Pick<ServiceRecord, 'enableExecuteCommand'>,
  definition: TaskDefinitionRecord | undefined,
  what: 'created' | 'updated',
): void {
  if (!enableExecuteCommand || !definition || definition.definition.taskRoleArn) return;
  throw invalidParameter(
    `The service couldn't be ${what} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`,
  );
}

/** As AWS shows it: every member of awsvpcConfiguration there. */
export function keptNetwork(
  network: Parsed<NetworkConfiguration> | undefined,
): { readonly networkConfiguration: Kept<NetworkConfiguration> } | undefined {
  const awsvpc = network?.awsvpcConfiguration;
  if (!awsvpc) return undefined;
  const { subnets, securityGroups = [], assignPublicIp = 'DISABLED' } = awsvpc;
  return { networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp } } };
}

/** Throws what speaks against a service as it is to be, whether it was just created or updated. */
export function checkService(
  service: ServiceRecord,
  definition: TaskDefinitionRecord | undefined,
  given: {
    readonly deploymentConfiguration: ServiceRecord['deploymentConfiguration'];
    readonly isRebalancingAsked: boolean;
  },
): void {
  const { deploymentConfiguration, placementConstraints, placementStrategy } = service;
  throwFirst(deploymentConfigurationRefusals(given.deploymentConfiguration, deploymentConfiguration, service));
  throwFirst(placementOfServiceRefusals(service, capacityKindOf(service) === 'FARGATE' && Boolean(service.settings)));
  throwFirst(placementRefusals({ placementConstraints, placementStrategy }, definition?.definition ?? {}));
  const parsed = parseStrategies(placementStrategy);
  if ('refusal' in parsed) throw invalidParameter(parsed.refusal.message);
  const obstacle = given.isRebalancingAsked ? rebalancingObstacle(service) : undefined;
  if (obstacle) throw invalidParameter(`AvailabilityZoneRebalancing does not support ${obstacle}.`);
}
