import type { ServiceDeploymentRecord } from '../../service-tables.ts';

/** Why a deployment under way has failed, in AWS's words where they are known. */
export interface DeploymentFailure {
  readonly cause: 'CIRCUIT_BREAKER' | 'ALARMS' | 'REQUEST';
  /** What DescribeServices shows as rolloutStateReason. */
  readonly rolloutStateReason: string;
  /** What stands in the event `deployment failed: …`, without a full stop. */
  readonly reason: string;
  readonly rollsBack: boolean;
}

/**
 * What has failed a deployment under way, undefined while it may go on. `alarming` are those of its alarms that have
 * gone into ALARM since it began. A deployment that rolls back already fails no further by alarms or requests.
 */
export function failureOf(
  deployment: Pick<ServiceDeploymentRecord, 'status' | 'circuitBreaker' | 'deploymentConfiguration'>,
  failedTasks: number,
  alarming: readonly string[],
): DeploymentFailure | undefined {
  const { status, circuitBreaker, deploymentConfiguration } = deployment;
  const { deploymentCircuitBreaker, alarms } = deploymentConfiguration;
  if (status === 'ROLLBACK_IN_PROGRESS') {
    // Its breaker has tripped or was never asked: what rolls back is judged by its own failed tasks.
    return deploymentCircuitBreaker?.enable && failedTasks >= circuitBreaker.threshold
      ? { ...tripped('tasks failed to start'), rollsBack: false }
      : undefined;
  }
  if (status === 'ROLLBACK_REQUESTED') return requested('rollback', true);
  if (status === 'STOP_REQUESTED') return requested('stop', false);
  if (circuitBreaker.status === 'MONITORING' && circuitBreaker.failureCount >= circuitBreaker.threshold) {
    const reason = circuitBreaker.hasRun ? 'tasks failed container health checks' : 'tasks failed to start';
    return { ...tripped(reason), rollsBack: deploymentCircuitBreaker?.rollback ?? false };
  }
  if (alarming.length === 0) return undefined;
  return {
    cause: 'ALARMS',
    rolloutStateReason: `ECS deployment alarms: ${alarming.join(', ')} went into ALARM.`,
    reason: 'alarm detected',
    rollsBack: alarms?.rollback ?? false,
  };
}

/** What DescribeServices shows as rolloutStateReason of the deployment that is gone back to. */
export function rollingBackReason(cause: DeploymentFailure['cause'], deploymentId: string): string {
  return `${rollbackCauses[cause]}: rolling back to deploymentId ${deploymentId}.`;
}

const rollbackCauses = {
  CIRCUIT_BREAKER: 'ECS deployment circuit breaker',
  ALARMS: 'ECS deployment alarms',
  REQUEST: 'ECS deployment rollback was requested',
} as const;

function tripped(reason: string): Omit<DeploymentFailure, 'rollsBack'> {
  return { cause: 'CIRCUIT_BREAKER', rolloutStateReason: `ECS deployment circuit breaker: ${reason}.`, reason };
}

function requested(what: 'rollback' | 'stop', rollsBack: boolean): DeploymentFailure {
  const reason = `${what} was requested`;
  return { cause: 'REQUEST', rolloutStateReason: `ECS deployment ${reason}.`, reason, rollsBack };
}
