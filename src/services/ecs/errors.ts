/** The errors of ECS in AWS's words, one constructor per kind; every throw of the folder goes through here. */
import { AwsError } from '../../aws/error.ts';
import { firstRefusal, type Refusals } from './rules/refusal.ts';

/** Throws the first thing that the rules hold against a request. */
export function throwFirst(refusals: Refusals): void {
  const refusal = firstRefusal(refusals);
  if (refusal) throw new AwsError(refusal.code, refusal.message);
}

/** A malformed identifier, a value outside its set, members that do not go together. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** What the request names does not exist or is in the wrong state (task definitions above all). */
export function clientError(message: string): AwsError {
  return new AwsError('ClientException', message);
}

/** The agent creates its cluster when the message has exactly these words. */
export function clusterNotFound(): AwsError {
  return new AwsError('ClusterNotFoundException', 'Cluster not found.');
}

export function clusterInactive(): AwsError {
  return new AwsError('ClusterNotFoundException', 'The referenced cluster was inactive.');
}

export function clusterContainsContainerInstances(): AwsError {
  return new AwsError(
    'ClusterContainsContainerInstancesException',
    'The Cluster cannot be deleted while Container Instances are active or draining.',
  );
}

export function clusterContainsTasks(): AwsError {
  return new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message);
}

export function resourceInUse(): AwsError {
  return new AwsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.');
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function attributeLimitExceeded(message: string): AwsError {
  return new AwsError('AttributeLimitExceededException', message);
}

export function targetNotFound(message: string): AwsError {
  return new AwsError('TargetNotFoundException', message);
}

/** The client token was used for another request: the tasks of that one are named. */
export function conflict(message: string, resourceIds: readonly string[]): AwsError {
  return new AwsError('ConflictException', message, { members: { resourceIds } });
}

export function platformUnknown(): AwsError {
  return new AwsError('PlatformUnknownException', 'The specified platform version does not exist.');
}

export function serviceNotFound(): AwsError {
  return new AwsError('ServiceNotFoundException', 'Service not found.');
}

export function taskSetNotFound(): AwsError {
  return new AwsError('TaskSetNotFoundException', 'The specified task set does not exist.');
}

export function serviceNotActive(): AwsError {
  return new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
}

export function clusterContainsServices(): AwsError {
  return new AwsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
}

export function namespaceNotFound(): AwsError {
  return new AwsError('NamespaceNotFoundException', 'The specified namespace was not found.');
}

export function serviceDeploymentNotFound(): AwsError {
  return new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
}

/** A service deployment is in no state for what is asked of it. */
export function deploymentConflict(message: string): AwsError {
  return new AwsError('ConflictException', message, { members: { resourceIds: [] } });
}

/**
 * Asked for something of AWS that is not built here. The code is one that every operation may give, so that clients
 * read it as an answer about their request and do not retry.
 */
export function notBuilt(what: string): AwsError {
  return new AwsError('InvalidParameterException', `Longshore does not support ${what} yet.`);
}

export function accessDenied(message: string): AwsError {
  return new AwsError('AccessDeniedException', message);
}

export function noUpdateAvailable(): AwsError {
  return new AwsError('NoUpdateAvailableException', 'There is no update available for your container agent.');
}
