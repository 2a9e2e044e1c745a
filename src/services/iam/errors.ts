/** The mistakes a client of IAM can make, in AWS's words. */
import { AwsError } from '../../aws/error.ts';

/** Such as `The role with name web cannot be found.` */
export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntityException', message);
}

export function alreadyExists(message: string): AwsError {
  return new AwsError('EntityAlreadyExistsException', message);
}

export function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflictException', message);
}

/** `quota` such as AccessKeysPerUser. */
export function limitExceeded(quota: string, limit: number): AwsError {
  return new AwsError('LimitExceededException', `Cannot exceed quota for ${quota}: ${limit}`);
}

export function malformedPolicy(message: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', message);
}

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}

export function unmodifiable(message: string): AwsError {
  return new AwsError('UnmodifiableEntityException', message);
}

export function notAttachable(message: string): AwsError {
  return new AwsError('PolicyNotAttachableException', message);
}

export function serviceNotSupported(message: string): AwsError {
  return new AwsError('ServiceNotSupportedException', message);
}

/** `constraint` such as `Member must have length less than or equal to 64`. */
export function constraintBroken(value: string, member: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value.slice(0, 300)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
