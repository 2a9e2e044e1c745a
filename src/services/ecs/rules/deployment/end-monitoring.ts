import type { ServiceDeploymentRecord } from '../../service-tables.ts';

/** A deployment that has come to its end watches no more; what has triggered stays so. */
export function endMonitoring(deployment: ServiceDeploymentRecord): ServiceDeploymentRecord {
  const { circuitBreaker, alarms } = deployment;
  return {
    ...deployment,
    circuitBreaker: { ...circuitBreaker, status: ended(circuitBreaker.status) },
    alarms: { ...alarms, status: ended(alarms.status) },
  };
}

function ended<Status extends string>(status: Status): Status | 'MONITORING_COMPLETE' {
  return status === 'MONITORING' ? 'MONITORING_COMPLETE' : status;
}
