import type { Reader } from '../../store/store.ts';
import { type ServiceDeploymentRecord, type ServiceRecord, serviceDeployments } from './service-tables.ts';

/**
 * Which reconciler brings about the tasks of a service: exactly one at any moment. `stages` only while a blue/green,
 * linear or canary deployment is under way: between deployments, and when it is deleted, such a service is a service
 * like any other.
 */
export type Steering = 'rolling' | 'stages' | 'task-sets' | 'none';

export function steeringOf(
  reader: Reader,
  service: Pick<ServiceRecord, 'arn' | 'status' | 'deploymentController'>,
): Steering {
  if (service.status === 'INACTIVE') return 'none';
  if (service.deploymentController !== 'ECS') return 'task-sets';
  return service.status === 'ACTIVE' && stagedDeployment(reader, service.arn) ? 'stages' : 'rolling';
}

/** The deployment in stages that is under way for a service. */
export function stagedDeployment(reader: Reader, serviceArn: string): StagedDeployment | undefined {
  for (const deployment of reader.find(serviceDeployments, 'open', serviceArn)) {
    if (isStaged(deployment)) return deployment;
  }
  return undefined;
}

export type StagedDeployment = ServiceDeploymentRecord & Required<Pick<ServiceDeploymentRecord, 'stages'>>;

export function isStaged(deployment: ServiceDeploymentRecord): deployment is StagedDeployment {
  return deployment.stages !== undefined;
}
