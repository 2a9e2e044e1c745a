/** The mistakes a client of Amazon EFS can make. The wording is ours where AWS's own could not be read. */
import { AwsError } from '../../aws/error.ts';

export function badRequest(message: string): AwsError {
  return new AwsError('BadRequest', message);
}

export function fileSystemNotFound(id: string): AwsError {
  return new AwsError('FileSystemNotFound', `File system '${id}' does not exist.`);
}

export function fileSystemAlreadyExists(id: string, creationToken: string): AwsError {
  return new AwsError(
    'FileSystemAlreadyExists',
    `File system '${id}' already exists with creation token '${creationToken}'`,
    { members: { FileSystemId: id } },
  );
}

export function fileSystemInUse(id: string): AwsError {
  return new AwsError('FileSystemInUse', `File system '${id}' is currently in use: it has mount targets.`);
}

export function notAvailable(id: string, state: string): AwsError {
  return new AwsError('IncorrectFileSystemLifeCycleState', `File system '${id}' is ${state} and not available.`);
}

export function accessPointNotFound(id: string): AwsError {
  return new AwsError('AccessPointNotFound', `Access point '${id}' does not exist.`);
}

export function accessPointAlreadyExists(id: string): AwsError {
  return new AwsError('AccessPointAlreadyExists', `Access point '${id}' already exists with another configuration.`, {
    members: { AccessPointId: id },
  });
}

export function mountTargetNotFound(id: string): AwsError {
  return new AwsError('MountTargetNotFound', `Mount target '${id}' does not exist.`);
}

export function mountTargetConflict(): AwsError {
  return new AwsError('MountTargetConflict', 'mount target already exists in this AZ');
}

export function subnetNotFound(id: string): AwsError {
  return new AwsError('SubnetNotFound', `The subnet ID '${id}' does not exist`);
}

export function securityGroupNotFound(id: string): AwsError {
  return new AwsError('SecurityGroupNotFound', `The security group ID '${id}' does not exist`);
}

export function noFreeAddresses(id: string): AwsError {
  return new AwsError('NoFreeAddressesInSubnet', `The subnet '${id}' has no free addresses`);
}

export function policyNotFound(id: string): AwsError {
  return new AwsError('PolicyNotFound', `The file system '${id}' has no policy.`);
}

export function notBuilt(what: string): AwsError {
  return badRequest(`Longshore does not implement ${what} yet.`);
}
