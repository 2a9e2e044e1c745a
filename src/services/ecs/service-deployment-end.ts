import type { Reader } from '../../store/store.ts';
import { endMonitoring } from './rules/deployment/end-monitoring.ts';
import type { ServiceDeploymentRecord } from './service-tables.ts';
import { countsOfRevision } from './service-view.ts';

/**
 * A service deployment that has come to its end, whichever: it watches no more, and what it shows of tasks is what there
 * was at this moment. What becomes of the service afterwards DescribeServices shows, as in AWS.
 */
export function endedDeployment(reader: Reader, deployment: ServiceDeploymentRecord): ServiceDeploymentRecord {
  const { serviceArn, sourceRevisionArns, targetRevisionArn } = deployment;
  const finalCounts = Object.fromEntries(
    [...sourceRevisionArns, targetRevisionArn].map((arn) => [arn, countsOfRevision(reader, serviceArn, arn)]),
  );
  return { ...endMonitoring(deployment), finalCounts };
}
