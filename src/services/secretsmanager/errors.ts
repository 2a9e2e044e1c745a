/** The mistakes a client of Secrets Manager can make, as AWS words them. */
import { AwsError } from '../../aws/error.ts';

export function secretNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

export function valueNotFound(stage: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
  );
}

export function versionNotFound(versionId: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
  );
}

export function versionLacksStage(): AwsError {
  return new AwsError(
    'InvalidRequestException',
    'You provided a VersionStage that is not associated to the provided VersionId.',
  );
}

export function secretExists(name: string): AwsError {
  return new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
}

export function versionExists(versionId: string): AwsError {
  return new AwsError(
    'ResourceExistsException',
    `A resource with the ID you requested already exists: version ${versionId} has another value.`,
  );
}

export function scheduledForDeletion(): AwsError {
  return new AwsError(
    'InvalidRequestException',
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
}

export function markedForDeletion(): AwsError {
  return new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function invalidToken(): AwsError {
  return new AwsError('InvalidNextTokenException', 'The next token is not valid.');
}

export function malformedPolicy(problem: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', problem);
}

export function notBuilt(what: string): AwsError {
  return invalidRequest(`Longshore does not implement ${what} yet.`);
}
