/** The mistakes a client of CloudWatch Logs can make, as AWS words them. */
import { AwsError } from '../../aws/error.ts';

export function groupNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

export function streamNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
}

export function groupExists(): AwsError {
  return new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
}

export function streamExists(): AwsError {
  return new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** `constraint` such as `Member must have length less than or equal to 512`. */
export function constraintBroken(value: string | undefined, member: string, constraint: string): AwsError {
  const shown = value === undefined ? 'Value' : `Value '${value}'`;
  return invalidParameter(
    `1 validation error detected: ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export function tooManyTags(resourceName: string): AwsError {
  return new AwsError('TooManyTagsException', 'A resource can have no more than 50 tags.', {
    members: { resourceName },
  });
}

/** A sender of ours repeats what is stored already; `cursors` tells it how far that reaches. */
export function alreadyAccepted(expectedSequenceToken: string): AwsError {
  return new AwsError(
    'DataAlreadyAcceptedException',
    `The given batch of log events has already been accepted. The next batch can be sent with sequenceToken: ${expectedSequenceToken}`,
    { members: { expectedSequenceToken } },
  );
}

/** A batch of a sender of ours was to follow one that has not come. */
export function outOfTurn(): AwsError {
  return new AwsError(
    'InvalidSequenceTokenException',
    'The batch of log events before the given one is not there yet.',
  );
}

export function deletionProtected(): AwsError {
  return new AwsError(
    'ValidationException',
    'Log group cannot be deleted because deletion protection is enabled. Disable deletion protection and try again.',
  );
}

export function notBuilt(what: string): AwsError {
  return invalidParameter(`Longshore does not implement ${what} yet.`);
}
