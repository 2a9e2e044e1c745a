/** The mistakes a client of CloudWatch can make. The codes are AWS's; it does not publish most of the texts. */
import { AwsError } from '../../aws/error.ts';

/** `constraint` such as `Member must have length less than or equal to 255`. */
export function constraintBroken(value: string, member: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value.slice(0, 300)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function missingParameter(message: string): AwsError {
  return new AwsError('MissingRequiredParameterException', message);
}

export function invalidParameterValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombinationException', message);
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The next token specified is invalid.');
}

/** Of SetAlarmState and DeleteAlarms. */
export function alarmNotFound(names: readonly string[]): AwsError {
  return new AwsError('ResourceNotFound', `There is no alarm named ${names.join(', ')}.`);
}

/** Of the operations on tags, which have an error of their own. */
export function resourceNotFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `There is no resource ${arn.slice(0, 1024)}.`, {
    members: { ResourceType: 'alarm', ResourceId: arn },
  });
}

export function invalidFormat(message: string): AwsError {
  return new AwsError('InvalidFormatFault', message);
}

export function notBuilt(what: string): AwsError {
  return validationError(`Longshore does not implement ${what} yet.`);
}
