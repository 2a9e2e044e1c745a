/** Services, their deployments and revisions as the API shows them, from the records and the counts of their tasks. */
import type { Deployment, ServiceDeployment, ServiceDeploymentBrief, ServiceRevision } from '@aws-sdk/client-ecs';
import type { Answer } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import type {
  DeploymentRecord,
  HookState,
  RevisionSettings,
  ServiceDeploymentRecord,
  ServiceRevisionRecord,
  ShownCounts,
} from '../service-tables.ts';
import { capacityKindOf, fargatePlatformVersion } from './service-capacity.ts';

/** One entry of DescribeServices' `deployments`. */
export function showDeployment(
  deployment: DeploymentRecord,
  settings: RevisionSettings,
  counts: ShownCounts,
): Answer<Deployment> {
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: settings.taskDefinitionArn,
    desiredCount: counts.desired,
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: deployment.failedTasks,
    createdAt: toDate(deployment.createdAt),
    updatedAt: toDate(deployment.updatedAt),
    ...showCapacity(settings),
    ...(settings.networkConfiguration && { networkConfiguration: settings.networkConfiguration }),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    ...(settings.serviceConnectConfiguration && {
      serviceConnectConfiguration: settings.serviceConnectConfiguration,
    }),
    volumeConfigurations: settings.volumeConfigurations,
  };
}

/**
 * Launch type or strategy, never both, and Fargate's platform: of a service the version as it was asked for, of what
 * has tasks the one that LATEST was resolved to.
 */
export function showCapacity(settings: RevisionSettings, show: { readonly resolved: boolean } = { resolved: true }) {
  const { launchType, capacityProviderStrategy, platformVersion = 'LATEST' } = settings;
  return {
    ...(capacityProviderStrategy?.length
      ? { capacityProviderStrategy }
      : { launchType: launchType ?? ('EC2' as const) }),
    ...(capacityKindOf({ settings }) === 'FARGATE' && {
      platformVersion: show.resolved && platformVersion === 'LATEST' ? fargatePlatformVersion : platformVersion,
      platformFamily: 'Linux',
    }),
  };
}

export function showRevision(revision: ServiceRevisionRecord): Answer<ServiceRevision> {
  const { settings } = revision;
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: revision.serviceArn,
    clusterArn: revision.clusterArn,
    taskDefinition: settings.taskDefinitionArn,
    ...showCapacity(settings),
    ...(settings.networkConfiguration && { networkConfiguration: settings.networkConfiguration }),
    loadBalancers: settings.loadBalancers,
    serviceRegistries: settings.serviceRegistries,
    ...(settings.serviceConnectConfiguration && {
      serviceConnectConfiguration: settings.serviceConnectConfiguration,
    }),
    volumeConfigurations: settings.volumeConfigurations,
    containerImages: revision.containerImages,
    guardDutyEnabled: false,
    createdAt: toDate(revision.createdAt),
  };
}

/** `countsOf` gives the tasks of a revision's arn, while the deployment is under way. */
export function showServiceDeployment(
  deployment: ServiceDeploymentRecord,
  countsOf: (revisionArn: string) => ShownCounts,
): Answer<ServiceDeployment> {
  const { circuitBreaker, alarms, rollback, stages } = deployment;
  const isStagedTarget = stages !== undefined;
  const summary = (arn: string, weights?: { readonly production: number; readonly test: number }) => {
    const { desired, running, pending } = deployment.finalCounts?.[arn] ?? countsOf(arn);
    return {
      arn,
      requestedTaskCount: desired,
      runningTaskCount: running,
      pendingTaskCount: pending,
      ...(weights && {
        requestedTestTrafficWeight: weights.test,
        requestedProductionTrafficWeight: weights.production,
      }),
    };
  };
  const { productionWeight = 0, testWeight = 0 } = stages ?? {};
  const isFinished = deployment.finishedAt !== undefined;
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: deployment.serviceArn,
    clusterArn: deployment.clusterArn,
    createdAt: toDate(deployment.createdAt),
    startedAt: toDate(deployment.startedAt),
    finishedAt: toDate(deployment.finishedAt),
    stoppedAt: toDate(deployment.stoppedAt),
    updatedAt: toDate(deployment.updatedAt),
    sourceServiceRevisions: deployment.sourceRevisionArns.map((arn) =>
      summary(arn, isStagedTarget ? { production: 100 - productionWeight, test: 100 - testWeight } : undefined),
    ),
    targetServiceRevision: summary(
      deployment.targetRevisionArn,
      isStagedTarget ? { production: productionWeight, test: testWeight } : undefined,
    ),
    status: deployment.status,
    ...(deployment.statusReason !== undefined && { statusReason: deployment.statusReason }),
    ...(stages && !isFinished && { lifecycleStage: stages.stage, lifecycleHookDetails: stages.hooks.map(showHook) }),
    deploymentConfiguration: deployment.deploymentConfiguration,
    ...(rollback && {
      rollback: {
        reason: rollback.reason,
        startedAt: toDate(rollback.startedAt),
        serviceRevisionArn: rollback.serviceRevisionArn,
      },
    }),
    deploymentCircuitBreaker: {
      status: circuitBreaker.status,
      failureCount: circuitBreaker.failureCount,
      threshold: circuitBreaker.threshold,
    },
    alarms: {
      status: alarms.status,
      alarmNames: alarms.alarmNames,
      triggeredAlarmNames: alarms.triggeredAlarmNames,
    },
  };
}

export function showBrief(deployment: ServiceDeploymentRecord): Answer<ServiceDeploymentBrief> {
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: deployment.serviceArn,
    clusterArn: deployment.clusterArn,
    startedAt: toDate(deployment.startedAt),
    createdAt: toDate(deployment.createdAt),
    finishedAt: toDate(deployment.finishedAt),
    targetServiceRevisionArn: deployment.targetRevisionArn,
    status: deployment.status,
    ...(deployment.statusReason !== undefined && { statusReason: deployment.statusReason }),
  };
}

function showHook(hook: HookState) {
  return {
    hookId: hook.hookId,
    targetType: hook.targetType,
    ...(hook.targetArn !== undefined && { targetArn: hook.targetArn }),
    status: hook.status,
    expiresAt: toDate(hook.expiresAt),
    timeoutAction: hook.timeoutAction,
  };
}
