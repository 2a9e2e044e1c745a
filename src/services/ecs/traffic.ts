/**
 * The seam between deployments and what carries traffic to a service's tasks (a load balancer, Service Connect). A
 * deployment says how the traffic is to be spread (`wantedTraffic`); whoever carries it makes it so and says so
 * (`reportTraffic`); the deployment goes on when the two agree. A service that nothing carries traffic to has nothing to
 * shift: what is wanted counts as done.
 */
import type { Reader, Transaction } from '../../store/store.ts';
import type { ObservedTraffic, TrafficWeights } from './rules/deployment/traffic.ts';
import {
  type DeploymentRecord,
  deployments,
  type RevisionSettings,
  type ServiceRecord,
  type TrafficReportRecord,
  trafficReports,
} from './service-tables.ts';
import { type StagedDeployment, stagedDeployment } from './service-steering.ts';

/** Percent by ARN of the service revision, production and test. They add up to 100 where there is anything to serve. */
export interface WantedTraffic {
  readonly production: ReadonlyMap<string, number>;
  readonly test: ReadonlyMap<string, number>;
}

/** Whether anything carries traffic to tasks with these settings. */
export function carriesTraffic({ loadBalancers, serviceConnectConfiguration }: RevisionSettings): boolean {
  return loadBalancers.length > 0 || serviceConnectConfiguration?.enabled === true;
}

/** Whether test traffic has a way of its own: a listener rule for it, or rules of Service Connect. */
export function carriesTestTraffic({ loadBalancers, serviceConnectConfiguration }: RevisionSettings): boolean {
  return (
    loadBalancers.some((balancer) => balancer.advancedConfiguration?.testListenerRule !== undefined) ||
    (serviceConnectConfiguration?.services ?? []).some((service) =>
      (service.clientAliases ?? []).some((alias) => alias.testTrafficRules !== undefined),
    )
  );
}

/** How the traffic of a service is to be spread now. */
export function wantedTraffic(reader: Reader, service: ServiceRecord): WantedTraffic {
  const staged = stagedDeployment(reader, service.arn);
  if (!staged) {
    const primary = [...reader.find(deployments, 'service', service.arn)].find(({ status }) => status === 'PRIMARY');
    const all = new Map(primary ? [[primary.revisionArn, 100]] : []);
    return { production: all, test: all };
  }
  const { source } = fleetsOf(reader, service, staged);
  const { productionWeight, testWeight } = staged.stages;
  return {
    production: split(staged.targetRevisionArn, source?.revisionArn, productionWeight),
    test: split(staged.targetRevisionArn, source?.revisionArn, testWeight),
  };
}

function split(target: string, source: string | undefined, weight: number): ReadonlyMap<string, number> {
  const shares: [string, number][] = [[target, weight]];
  // Percent have one decimal; 100 − 33.3 has more in binary.
  if (source !== undefined && source !== target) shares.push([source, Math.round((100 - weight) * 10) / 10]);
  return new Map(shares.filter(([, share]) => share > 0));
}

/** Says how traffic is spread in truth. Called by what carries it, in the transaction that learns of it. */
export function reportTraffic(tx: Transaction, serviceArn: string, traffic: WantedTraffic): void {
  tx.put(trafficReports, {
    serviceArn,
    production: Object.fromEntries(traffic.production),
    test: Object.fromEntries(traffic.test),
  });
}

/** What has been reported, as seen from one deployment. */
export function observedTraffic(
  reader: Reader,
  serviceArn: string,
  targetRevisionArn: string,
  sourceRevisionArn: string | undefined,
): ObservedTraffic {
  const report = reader.get(trafficReports, serviceArn);
  const target = sumOf(report, (arn) => arn === targetRevisionArn);
  return { target, others: sumOf(report, (arn) => arn !== targetRevisionArn && arn !== sourceRevisionArn) };
}

function sumOf(report: TrafficReportRecord | undefined, isCounted: (revisionArn: string) => boolean): TrafficWeights {
  const sum = (shares: Readonly<Record<string, number>> = {}): number =>
    Object.entries(shares).reduce((total, [arn, share]) => (isCounted(arn) ? total + share : total), 0);
  return { production: sum(report?.production), test: sum(report?.test) };
}

/** The deployments of a service by the part they play while one in stages is under way. */
export interface DeploymentFleets {
  readonly target: DeploymentRecord | undefined;
  /** What it came from and would go back to. */
  readonly source: DeploymentRecord | undefined;
  /** What earlier deployments that did not finish have left. */
  readonly others: readonly DeploymentRecord[];
}

/** The source is the revision that was steady last, or the newest where none ever was. */
export function fleetsOf(
  reader: Reader,
  service: Pick<ServiceRecord, 'arn' | 'steadyRevisionArn'>,
  { deploymentId, sourceRevisionArns }: Pick<StagedDeployment, 'deploymentId' | 'sourceRevisionArns'>,
): DeploymentFleets {
  const shown = [...reader.find(deployments, 'service', service.arn)];
  const older = shown.filter(({ id }) => id !== deploymentId).sort((a, b) => b.createdAt - a.createdAt);
  const source =
    older.find(({ revisionArn }) => revisionArn === service.steadyRevisionArn) ??
    older.find(({ revisionArn }) => sourceRevisionArns.includes(revisionArn));
  return {
    target: shown.find(({ id }) => id === deploymentId),
    source,
    others: older.filter((deployment) => deployment !== source),
  };
}
