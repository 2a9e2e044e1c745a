/** What a service has where its request is silent, as AWS echoes it. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../service-tables.ts';
import type { Kept } from '../tables.ts';
import { defaultThreshold } from './deployment/circuit-breaker.ts';

type Configuration = Kept<DeploymentConfiguration>;

/**
 * Members that are given replace those of `present` whole, the others stay. Only the ECS controller has more than the
 * two percentages: the others keep them for draining instances.
 */
export function deploymentConfigurationOf(
  given: Configuration,
  { schedulingStrategy, deploymentController }: Pick<ServiceRecord, 'schedulingStrategy' | 'deploymentController'>,
  present?: Configuration,
): Configuration {
  const {
    maximumPercent = schedulingStrategy === 'DAEMON' ? 100 : 200,
    minimumHealthyPercent = schedulingStrategy === 'DAEMON' ? 0 : 100,
    ...more
  } = { ...present, ...withoutUndefined(given) };
  if (deploymentController !== 'ECS') return { maximumPercent, minimumHealthyPercent };
  const { deploymentCircuitBreaker, alarms, strategy = 'ROLLING', bakeTimeInMinutes = 0, ...staged } = more;
  return {
    deploymentCircuitBreaker: {
      enable: deploymentCircuitBreaker?.enable ?? false,
      rollback: deploymentCircuitBreaker?.rollback ?? false,
      resetOnHealthyTask: deploymentCircuitBreaker?.resetOnHealthyTask ?? true,
      thresholdConfiguration: deploymentCircuitBreaker?.thresholdConfiguration ?? defaultThreshold,
    },
    maximumPercent,
    minimumHealthyPercent,
    alarms: alarms ?? { alarmNames: [], rollback: false, enable: false },
    strategy,
    bakeTimeInMinutes,
    ...stagedConfiguration(strategy, staged),
  };
}

/** What belongs to a strategy the service has left goes with it. */
function stagedConfiguration(
  strategy: string,
  { linearConfiguration, canaryConfiguration, earlySuccessCriteria, ...rest }: Configuration,
) {
  return {
    ...rest,
    ...(strategy === 'ROLLING' && earlySuccessCriteria && { earlySuccessCriteria }),
    ...(strategy === 'LINEAR' && {
      linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6, ...linearConfiguration },
    }),
    ...(strategy === 'CANARY' && {
      canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10, ...canaryConfiguration },
    }),
  };
}

/** Why tasks of a service cannot be kept balanced over the zones, in AWS's list; undefined when they can. */
export function rebalancingObstacle(
  service: Pick<
    ServiceRecord,
    | 'schedulingStrategy'
    | 'deploymentConfiguration'
    | 'placementStrategy'
    | 'placementConstraints'
    | 'settings'
    | 'deploymentController'
  >,
): string | undefined {
  const [first] = service.placementStrategy;
  const { settings, deploymentConfiguration } = service;
  if (service.schedulingStrategy === 'DAEMON') return 'the DAEMON scheduling strategy';
  if (settings?.launchType === 'EXTERNAL') return 'the EXTERNAL launch type';
  if (service.deploymentController === 'EXTERNAL') return 'the EXTERNAL deployment controller';
  if ((deploymentConfiguration.maximumPercent ?? 200) <= 100) return 'maximumPercent <= 100';
  if (first && !isZoneSpread(first)) return 'a first placement strategy other than spread over Availability Zones';
  if (service.placementConstraints.some(({ expression }) => expression?.includes('ecs.availability-zone'))) {
    return 'a placement constraint on attribute:ecs.availability-zone';
  }
  return undefined;
}

function isZoneSpread({ type, field }: ServiceRecord['placementStrategy'][number]): boolean {
  return type === 'spread' && field?.toLowerCase() === 'attribute:ecs.availability-zone';
}

function withoutUndefined(given: Configuration): Configuration {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
