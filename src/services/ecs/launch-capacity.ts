/** Where the tasks of a request are to run: what RunTask and the services' operations ask alike. */
import type { LaunchType } from '@aws-sdk/client-ecs';
import { invalidParameter, notBuilt, platformUnknown, throwFirst } from './errors.ts';
import { type CapacityStrategy, strategyRefusals } from './rules/capacity-provider-strategy.ts';
import { fargatePlatformVersion } from './rules/service-capacity.ts';
import type { ClusterRecord } from './tables.ts';

export interface CapacityWish {
  readonly launchType?: LaunchType | undefined;
  readonly capacityProviderStrategy?: CapacityStrategy | undefined;
}

/** A launch type or a strategy, never both; without either the cluster's default strategy, and last EC2. */
export function capacityOfRequest(
  input: CapacityWish,
  cluster: Pick<ClusterRecord, 'capacityProviders' | 'defaultCapacityProviderStrategy'>,
): { readonly launchType: LaunchType; readonly strategy: CapacityStrategy } {
  const wanted = input.capacityProviderStrategy ?? [];
  if (input.launchType !== undefined && wanted.length > 0) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  if (input.launchType === 'MANAGED_INSTANCES') throw notBuilt('the launch type MANAGED_INSTANCES');
  if (input.launchType !== undefined) return { launchType: input.launchType, strategy: [] };
  const strategy = wanted.length > 0 ? wanted : cluster.defaultCapacityProviderStrategy;
  if (strategy.length === 0) return { launchType: 'EC2', strategy: [] };
  throwFirst(strategyRefusals(strategy, cluster.capacityProviders));
  return { launchType: 'FARGATE', strategy };
}

/** The version that a task gets: LATEST is resolved when it is made. Throws PlatformUnknownException. */
export function platformVersionOf(wanted: string | undefined, launchType: LaunchType): string | undefined {
  if (launchType !== 'FARGATE') {
    if (!wanted) return undefined;
    throw invalidParameter(`The platform version must be null when specifying an ${launchType} launch type.`);
  }
  if (wanted && wanted !== 'LATEST' && wanted !== fargatePlatformVersion) throw platformUnknown();
  return fargatePlatformVersion;
}
