import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import type { Call, Operation, Parsed } from '../../../aws/operation.ts';
import { equal } from '../../../core/equal.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { beginDeployment } from '../deployment-start.ts';
import { clientError, invalidParameter, throwFirst } from '../errors.ts';
import { capacityOfRequest } from '../launch-capacity.ts';
import type { EcsParts } from '../parts.ts';
import { ecsArn, findCluster } from '../references.ts';
import { hookRefusals } from '../rules/deployment/hooks.ts';
import { limits } from '../rules/limits.ts';
import { deploymentConfigurationOf, rebalancingObstacle } from '../rules/service-defaults.ts';
import { keptTags, tagRefusals } from '../rules/tags.ts';
import { createServiceRefusals } from '../rules/validate/service.ts';
import { checkedSettings, checkService, checkTaskRole, keptNetwork } from '../service-request.ts';
import { type RevisionSettings, type ServiceRecord, services } from '../service-tables.ts';
import { showService } from '../service-view.ts';
import type { ClusterRecord, TaskDefinitionRecord } from '../tables.ts';
import { runnableDefinition } from '../task-launch.ts';
import { putTaskSet } from '../task-set-start.ts';

/**
 * Creates a service and begins its first deployment: tasks follow by the controller. The same request again gives the
 * service there is; a name whose service was deleted and has no tasks any more can be taken anew.
 */
export const createService: Operation<CreateServiceRequest, CreateServiceResponse, EcsParts> = async (
  input,
  { call, store, parts },
) => {
  throwFirst(createServiceRefusals(input));
  throwFirst(hookRefusals(input.deploymentConfiguration ?? {}, parts.hooks.canCall));
  throwFirst(tagRefusals(input.tags));
  return await store.update((tx, env) => {
    const cluster = findCluster(tx, call, input.cluster);
    const { service, settings } = newService(tx, env, call, input, cluster);
    const present = tx.get(services, service.arn);
    if (present?.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.');
    if (present?.status === 'ACTIVE') {
      if (!asksForTheSame(present, service)) throw invalidParameter('Creation of service was not idempotent.');
      return { service: showService(tx, present) };
    }
    if (tx.count(services, 'live', cluster.arn) >= limits.servicesPerCluster) {
      throw clientError(`A cluster can have at most ${limits.servicesPerCluster} services.`);
    }
    return { service: showService(tx, begin(tx, env, service, settings)) };
  });
};

function newService(
  reader: Reader,
  env: Env,
  call: Call,
  input: Parsed<CreateServiceRequest>,
  cluster: ClusterRecord,
): { readonly service: ServiceRecord; readonly settings: RevisionSettings | undefined } {
  const { schedulingStrategy = 'REPLICA', deploymentConfiguration = {} } = input;
  const deploymentController = input.deploymentController?.type ?? 'ECS';
  const definition =
    deploymentController === 'EXTERNAL' ? undefined : runnableDefinition(reader, call, input.taskDefinition ?? '');
  const settings = definition && settingsOf(reader, call, input, { cluster, definition });
  const draft: ServiceRecord = {
    accountId: call.accountId,
    region: call.region,
    arn: ecsArn(call, `service/${cluster.name}/${input.serviceName}`),
    name: input.serviceName,
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    schedulingStrategy,
    deploymentController,
    desiredCount: input.desiredCount ?? 0,
    ...(settings && { settings }),
    deploymentConfiguration: deploymentConfigurationOf(deploymentConfiguration, {
      schedulingStrategy,
      deploymentController,
    }),
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? 'ENABLED',
    placementConstraints: input.placementConstraints ?? [],
    placementStrategy: input.placementStrategy ?? [],
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    tags: keptTags(input.tags),
    createdAt: env.now,
    createdBy: call.principal.arn,
    ...(input.clientToken !== undefined && { clientToken: input.clientToken }),
    isSteady: false,
    failedLaunches: 0,
  };
  checkTaskRole(draft, definition, 'created');
  checkService(draft, definition, {
    deploymentConfiguration,
    isRebalancingAsked: input.availabilityZoneRebalancing === 'ENABLED',
  });
  // Where nobody asked for it, a service that cannot be balanced is simply not.
  const isBalanced = draft.availabilityZoneRebalancing === 'ENABLED' && rebalancingObstacle(draft) === undefined;
  return { service: { ...draft, availabilityZoneRebalancing: isBalanced ? 'ENABLED' : 'DISABLED' }, settings };
}

function settingsOf(
  reader: Reader,
  call: Call,
  input: Parsed<CreateServiceRequest>,
  { cluster, definition }: { readonly cluster: ClusterRecord; readonly definition: TaskDefinitionRecord },
): RevisionSettings {
  const { launchType, strategy } = capacityOfRequest(input, cluster);
  const settings: RevisionSettings = {
    taskDefinitionArn: definition.arn,
    ...(strategy.length > 0 ? { capacityProviderStrategy: strategy } : { launchType }),
    ...(input.platformVersion !== undefined && { platformVersion: input.platformVersion }),
    ...keptNetwork(input.networkConfiguration),
    loadBalancers: [],
    serviceRegistries: [],
    ...(input.serviceConnectConfiguration && { serviceConnectConfiguration: input.serviceConnectConfiguration }),
    volumeConfigurations: input.volumeConfigurations ?? [],
  };
  const placementConstraints = input.placementConstraints ?? [];
  return checkedSettings(reader, call, settings, { cluster, definition, placementConstraints });
}

/** Of the ECS controller a deployment, of CODE_DEPLOY the first task set; an EXTERNAL service waits for CreateTaskSet. */
function begin(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  settings: RevisionSettings | undefined,
): ServiceRecord {
  if (service.deploymentController === 'ECS' && settings) return beginDeployment(tx, env, service, settings).service;
  tx.put(services, service);
  if (!settings) return service;
  const scale = { value: 100, unit: 'PERCENT' } as const;
  putTaskSet(tx, env, service, { settings, scale, status: 'PRIMARY', tags: service.tags });
  return service;
}

/** What a request says of a service; the rest is the service's own history. */
const askedMembers = [
  'schedulingStrategy',
  'deploymentController',
  'settings',
  'deploymentConfiguration',
  'availabilityZoneRebalancing',
  'placementConstraints',
  'placementStrategy',
  'healthCheckGracePeriodSeconds',
  'enableECSManagedTags',
  'propagateTags',
  'enableExecuteCommand',
  'tags',
] as const satisfies readonly (keyof ServiceRecord)[];

function asksForTheSame(present: ServiceRecord, asked: ServiceRecord): boolean {
  // How many tasks a DAEMON has is not asked for but computed.
  const isCountTheSame = asked.schedulingStrategy === 'DAEMON' || present.desiredCount === asked.desiredCount;
  return isCountTheSame && askedMembers.every((member) => equal(present[member], asked[member]));
}
